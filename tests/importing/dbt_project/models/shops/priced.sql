{{ config(materialized='ephemeral') }}
select s.sale_id, s.shop_id, s.pieces * p.price as value
from {{ ref('stg_sales') }} s join {{ ref('products') }} p using (product_id)
