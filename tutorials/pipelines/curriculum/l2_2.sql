SELECT
 -- three complete days
 (SELECT count(*) FROM judged_live WHERE dataset = 'pub_punctuality'
   AND partition IN ('2013-01-02', '2013-01-03', '2013-01-04') AND rows_wrong = 0) = 3
 -- nobody read an incomplete one
 AND NOT EXISTS (SELECT 1 FROM wrong_read)
 -- and somebody who works here is told when a day is not there at eight
 AND EXISTS (SELECT 1 FROM dag JOIN roster ON roster.name = dag.alerts_to WHERE dag.dag = 'daily_flights'
   AND roster.active = 1 AND alerts_on LIKE '%deadline%') AS ok;
