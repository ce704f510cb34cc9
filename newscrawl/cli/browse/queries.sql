-- what is new
SELECT id, outlet, language, published_at, headline FROM clean_articles ORDER BY first_seen_at DESC LIMIT 20;

-- articles that name a share in their headline, in June
SELECT published_at, first_seen_at, outlet, wire, headline, url FROM ticker_mentions
WHERE symbol = 'AAPL' AND origin = 'headline' AND published_at >= '2026-06-01' AND published_at < '2026-07-01'
ORDER BY published_at;

-- who carried an agency's copy
SELECT published_at, outlet, authors, headline FROM clean_articles
WHERE wire = 'Reuters' AND published_at >= '2026-06-01' ORDER BY published_at DESC LIMIT 100;

-- whole stories of agencies' copy, by the outlet that carried it
SELECT outlet, wire, COUNT(*) AS articles FROM clean_articles
WHERE wire IS NOT NULL AND completeness = 'full' GROUP BY outlet, wire;

-- articles a day, and how many of them are gated
SELECT day, SUM(articles) AS articles, SUM(gated) AS gated FROM daily_counts
WHERE outlet = 'elbtal' GROUP BY day ORDER BY day DESC;

-- whole French texts since 2025 that nobody reserves
SELECT id, outlet, outlet_name, authors, published_at, url, access_declared, machine_translation, text_hash, text
FROM clean_articles
WHERE language = 'fr' AND published_at >= '2025-01-01' AND completeness = 'full' AND reservations IS NULL;

-- articles of an author
SELECT published_at, outlet, headline FROM clean_articles
WHERE id IN (SELECT article_id FROM article_authors WHERE name = 'Jana Roth') ORDER BY published_at DESC;

-- stories that were corrected or rewritten
SELECT article_id, outlet, edited_at, change_ratio, correction, headline_before, headline FROM article_edits
WHERE correction IS NOT NULL OR change_ratio > 0.2 ORDER BY edited_at DESC LIMIT 50;

-- stories that three outlets tell by themselves, and who was first
SELECT story_id, last_at, independent, articles, first_outlet, headline, outlet_list FROM story_coverage
WHERE articles > 1 AND independent >= 3 ORDER BY last_at DESC LIMIT 50;

-- what was cut, and by which rule, of all texts ever
SELECT kind, rule, COUNT(*) AS blocks FROM removed_blocks GROUP BY kind, rule ORDER BY blocks DESC;

-- what was cut from an outlet's current texts
SELECT kind, rule, blocks, articles, min_score FROM rule_hits WHERE outlet = 'elbtal' ORDER BY blocks DESC;

-- cuts of one kind
SELECT article_id, score, text FROM removed_text WHERE kind = 'newsletter' LIMIT 100;

-- why pages gave no article
SELECT outlet, outcome, reason, COUNT(DISTINCT url_id) AS urls FROM url_trace
WHERE outcome IN ('rejected', 'failed') GROUP BY outlet, outcome, reason;

-- runs in which outlets gave less than they used to, and what
SELECT outlet, run_id, started_at, stored, dated_share, median_chars, alarm_text FROM outlet_health
WHERE alarms > 0 ORDER BY run_id DESC;

-- what publishers reserve
SELECT outlet, reservations, COUNT(*) AS articles FROM clean_articles GROUP BY outlet, reservations;

-- articles that nobody keeps from training models
SELECT id, url FROM clean_articles
WHERE reservations IS NULL OR ' ' || reservations || ' ' NOT LIKE '% noai %' AND reservations NOT LIKE '%robots:ai%'
AND ' ' || reservations || ' ' NOT LIKE '% tdm %';

-- articles of which more would have been cut than may be
SELECT id, outlet, headline FROM clean_articles WHERE bounded;
