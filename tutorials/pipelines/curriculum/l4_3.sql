SELECT
 -- Saturday is public
 EXISTS (SELECT 1 FROM live WHERE dataset = 'pub_punctuality' AND partition = '2013-01-05')
 -- whatever was public had passed a blocking check first
 AND NOT EXISTS (SELECT 1 FROM version AS p WHERE p.dataset = 'pub_punctuality' AND p.live_from IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM lineage AS l JOIN check_result AS c ON c.version = l.source WHERE l.version = p.id
     AND c.severity = 'block' AND c.status = 'pass' AND c.at <= p.live_from))
 -- and nobody read wrong rows: at 08:00 the board got Saturday, marked old
 AND NOT EXISTS (SELECT 1 FROM wrong_read)
 AND EXISTS (SELECT 1 FROM read WHERE at = '2013-01-07T08:00:00Z' AND partition = '2013-01-05' AND stale = 1) AS ok;
