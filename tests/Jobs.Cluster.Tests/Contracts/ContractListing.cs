using System.Reflection;
using Jobs.Grains.Contracts;
using Orleans.Runtime;

namespace Jobs.Cluster.Tests.Contracts;

/// <summary>Writes down what other versions rely on: names of types, interfaces and methods, and the numbers of members.</summary>
internal static class ContractListing
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    internal static List<string> All() =>
    [
        .. typeof(IJob).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), false) || (type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)))
            .SelectMany(Lines)
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Lines(Type type)
    {
        var name = type.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{type.Name} HAS NO ALIAS";
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Select(value => $"{name} {(int)value} {value}");
        if (type.IsInterface) return type.GetMethods().Select(method => $"{name} {Signature(method)}");
        return type.GetMembers(Members).Where(member => member.IsDefined(typeof(IdAttribute)))
            .Select(member => $"{name} {member.GetCustomAttribute<IdAttribute>()!.Id:00} {member.Name} : {Name(TypeOf(member))}");
    }

    private static string Signature(MethodInfo method) =>
        $"{method.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{method.Name} HAS NO ALIAS"}"
        + $"({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))}) : {Name(method.ReturnType)}";

    private static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
