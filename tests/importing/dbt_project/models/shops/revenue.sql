select city, value from {{ ref('shop_days') }} order by value desc
