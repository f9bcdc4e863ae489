select * from {{ ref('shop_days') }} where value = 0
