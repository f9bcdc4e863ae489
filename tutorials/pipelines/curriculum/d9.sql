SELECT
 -- 28 feature days were made again, not 36
 (SELECT count(*) FROM version WHERE dataset = 'feat_carrier_delay_7d' AND run_kind = 'backfill') = 28
 -- and no public one stands on a day that has changed since
 AND NOT EXISTS (SELECT 1 FROM live AS f JOIN lineage AS l ON l.version = f.id JOIN version AS s ON s.id = l.source
   JOIN live AS now ON now.dataset = s.dataset AND now.partition = s.partition
   WHERE f.dataset = 'feat_carrier_delay_7d' AND now.content <> s.content)
 -- one June export is right
 AND EXISTS (SELECT 1 FROM judged_live WHERE dataset = 'finance_month' AND partition = '2013-06' AND rows_wrong = 0)
 -- those who had read old June know, and nobody else was told
 AND (SELECT group_concat(consumer, ' ') FROM (SELECT DISTINCT consumer FROM told ORDER BY consumer))
   = 'fare_model finance_team' AS ok;
