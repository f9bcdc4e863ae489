SELECT
 -- no cleaning ever started before its download was done
 NOT EXISTS (SELECT 1 FROM attempt AS c WHERE c.task = 'clean' AND NOT EXISTS (SELECT 1 FROM attempt AS d
   WHERE d.task = 'download' AND d.partition = c.partition AND d.state = 'success' AND d.ended <= c.started))
 -- the slow day is complete
 AND EXISTS (SELECT 1 FROM judged_live WHERE dataset = 'daily_report' AND partition = '2013-01-03' AND rows = 914
   AND rows_wrong = 0)
 -- and a normal day is earlier than before
 AND EXISTS (SELECT 1 FROM live WHERE dataset = 'daily_report' AND partition = '2013-01-02'
   AND live_from <= '2013-01-03T06:13:00Z') AS ok;
