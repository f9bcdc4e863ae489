SELECT
 -- 2,931 right rows of three days by ten
 (SELECT sum(rows) FROM judged_live WHERE dataset = 'pub_punctuality' AND rows_wrong = 0
   AND partition BETWEEN '2013-03-06' AND '2013-03-08' AND live_from <= '2013-03-09T10:00:00Z') = 2931
 -- a contract blocks what comes from LaGuardia, and only that
 AND (SELECT count(DISTINCT dataset) FROM check_result WHERE severity = 'block' AND dataset <> 'stg_lga') = 0
 AND EXISTS (SELECT 1 FROM check_result WHERE severity = 'block' AND dataset = 'stg_lga' AND status = 'pass')
 -- two airports were shown meanwhile
 AND (SELECT count(*) FROM version WHERE dataset = 'pub_punctuality' AND rows < 900) = 3 AS ok;
