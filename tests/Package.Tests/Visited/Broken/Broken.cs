namespace Broken;

public class Broken
{
    public int Number => "text";
}
