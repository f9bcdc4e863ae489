SELECT
 -- 933 and 6,099 are public by nine
 EXISTS (SELECT 1 FROM judged_live WHERE dataset = 'pub_punctuality' AND partition = '2013-01-07' AND rows = 933
   AND rows_wrong = 0 AND live_from <= '2013-01-08T09:00:00Z')
 AND EXISTS (SELECT 1 FROM judged_live WHERE dataset = 'weekly_punctuality' AND rows = 6099 AND rows_wrong = 0
   AND live_from <= '2013-01-08T09:00:00Z')
 -- the loads are safe to repeat
 AND NOT EXISTS (SELECT 1 FROM dataset WHERE dataset LIKE 'fct_%' AND mode = 'append')
 -- nobody asked the vendor again
 AND (SELECT count(*) FROM attempt WHERE task = 'extract' AND partition = '2013-01-07') = 1
 -- and those who read the wrong number know
 AND EXISTS (SELECT 1 FROM told WHERE consumer = 'board_dashboard' AND dataset = 'pub_punctuality') AS ok;
