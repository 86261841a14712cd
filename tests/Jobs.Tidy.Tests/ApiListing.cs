using System.Reflection;

namespace Jobs.Tidy.Tests;

/// <summary>Writes the public members of an assembly down, one line each, in a stable order.</summary>
internal static class ApiListing
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What Orleans generates for messages is public because other assemblies need it; nobody writes it.</summary>
    internal static List<string> Of(Assembly assembly) => [.. assembly.GetExportedTypes()
        .Where(type => type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true)
        .SelectMany(Lines).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Lines(Type type)
    {
        var name = Name(type);
        yield return $"{name} : {Kind(type)}";
        foreach (var member in type.GetMembers(Declared).Where(m => !IsGenerated(m)))
        {
            if (member is MethodBase method) yield return $"{name}.{(method is ConstructorInfo ? "ctor" : method.Name)}({Parameters(method)}){Returns(method)}";
            else if (member is PropertyInfo property) yield return $"{name}.{property.Name} : {Name(property.PropertyType)}{Accessors(property)}";
            else if (member is FieldInfo { IsSpecialName: false } field) yield return $"{name}.{field.Name} : {Name(field.FieldType)}{Constant(field)}";
            else if (member is EventInfo raised) yield return $"{name}.{raised.Name} : event";
        }
    }

    private static bool IsGenerated(MemberInfo member) => member is MethodBase { IsSpecialName: true, IsConstructor: false }
        ? !member.Name.StartsWith("op_", StringComparison.Ordinal) || member.Name is "op_Equality" or "op_Inequality"
        : member.Name is "Equals" or "GetHashCode" or "ToString" or "<Clone>$" or "Deconstruct" || member is Type
            || member.Name.Contains('<', StringComparison.Ordinal);

    private static string Kind(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";
        if (type.IsValueType) return "struct";
        if (typeof(Delegate).IsAssignableFrom(type)) return "delegate";
        var modifier = type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return modifier + "class" + (type.BaseType is { } b && b != typeof(object) ? $" ({Name(b)})" : "");
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? " = …" : "")}"));

    private static string Returns(MethodBase method) => method is MethodInfo { ReturnType: var type } ? $" : {Name(type)}" : "";

    private static string Accessors(PropertyInfo property)
    {
        var set = property.SetMethod is { IsPublic: true } setter
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init" : " set"
            : "";
        return $" {{{(property.GetMethod is { IsPublic: true } ? " get" : "")}{set} }}";
    }

    private static string Constant(FieldInfo field) => field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "";

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!) + "&";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return type.Name;
        var prefix = type.DeclaringType is { } outer ? Name(outer) + "." : "";
        if (!type.IsGenericType) return prefix + type.Name;
        var plain = type.Name.Split('`')[0];
        return $"{prefix}{plain}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
