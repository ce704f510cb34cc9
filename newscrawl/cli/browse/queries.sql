-- what is new
SELECT id, outlet, language, published_at, headline FROM clean_articles ORDER BY first_seen_at DESC LIMIT 20;

-- whole stories of an agency's copy, by the outlet that carried it
SELECT outlet, wire, COUNT(*) AS articles FROM clean_articles
WHERE wire IS NOT NULL AND completeness = 'full' GROUP BY outlet, wire;

-- what was cut, and by which rule
SELECT kind, rule, SUM(blocks) AS blocks FROM rule_hits GROUP BY kind, rule ORDER BY blocks DESC;

-- cuts of one kind
SELECT article_id, score, text FROM removed_text WHERE kind = 'newsletter';

-- why pages gave no article
SELECT outlet, outcome, reason, COUNT(*) AS urls FROM url_trace
WHERE outcome IN ('rejected', 'failed') GROUP BY outlet, outcome, reason;

-- runs in which outlets gave less than they used to, and what
SELECT h.outlet, h.run_id, h.stored, h.dated_share, h.median_chars, a.measure, a.message
FROM outlet_health h JOIN outlets o ON o.slug = h.outlet
JOIN outlet_alarms a ON a.run_id = h.run_id AND a.outlet_id = o.id ORDER BY h.run_id DESC;

-- stories that were corrected or rewritten
SELECT a.id, r.revision, r.created_at, r.change_ratio, r.correction, a.headline
FROM article_revisions r JOIN clean_articles a ON a.id = r.article_id
WHERE r.cause = 'publisher_edit' AND (r.correction IS NOT NULL OR r.change_ratio > 0.2) ORDER BY r.created_at DESC;

-- what publishers reserve
SELECT outlet, reservations, COUNT(*) AS articles FROM clean_articles GROUP BY outlet, reservations;

-- articles that nobody keeps from training models
SELECT id, url FROM clean_articles
WHERE reservations IS NULL OR ' ' || reservations || ' ' NOT LIKE '% noai %' AND reservations NOT LIKE '%robots:ai%'
AND ' ' || reservations || ' ' NOT LIKE '% tdm %';

-- articles of which more would have been cut than may be
SELECT id, outlet, headline FROM clean_articles WHERE bounded;
