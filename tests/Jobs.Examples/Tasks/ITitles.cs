namespace Jobs.Examples.Tasks;

/// <summary>A service of the application that handlers use, as a renderer of templates would be.</summary>
public interface ITitles
{
    string Of(Photo photo);
}
