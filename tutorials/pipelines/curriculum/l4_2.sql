SELECT
 -- the day is repaired
 EXISTS (SELECT 1 FROM judged_live WHERE dataset = 'pub_punctuality' AND partition = '2013-01-05' AND rows = 720
   AND rows_wrong = 0)
 -- a blocking check passed the good version before it was public
 AND EXISTS (SELECT 1 FROM check_result AS c JOIN version AS v ON v.id = c.version WHERE v.partition = '2013-01-05'
   AND v.rows = 720 AND c.status = 'pass' AND c.severity = 'block' AND c.at <= v.live_from) AS ok;
