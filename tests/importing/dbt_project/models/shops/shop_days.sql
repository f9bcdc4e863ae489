select d.shop_id, d.city, sum(f.value) as value
from {{ ref('fct_sales') }} f join {{ ref('dim_shops') }} d using (shop_id) group by all
