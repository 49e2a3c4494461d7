namespace Shop;

public class PriceClient(HttpClient http)
{
    public async Task<decimal> PriceAsync(string article) =>
        decimal.Parse(await http.GetStringAsync("/price/" + article), System.Globalization.CultureInfo.InvariantCulture);

    public decimal Price(string article) => PriceAsync(article).Result;
}
