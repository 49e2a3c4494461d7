using System.Collections.Immutable;

namespace AgentLint.Analysis.Agents;

/// <summary>Strongly connected components of a graph, by Tarjan's algorithm: in linear time, and without recursion, as chains may be long.</summary>
internal static class StronglyConnected
{
    /// <summary>The components, each after all that it leads to. Nodes keep their order within a component.</summary>
    /// <param name="count">How many nodes there are; they are numbered from 0.</param>
    /// <param name="next">The nodes that a node leads to.</param>
    public static ImmutableArray<ImmutableArray<int>> Of(int count, Func<int, IReadOnlyList<int>> next)
    {
        var components = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var number = new int[count];
        var low = new int[count];
        var isOpen = new bool[count];
        var members = new Stack<int>();
        var path = new Stack<(int Node, IReadOnlyList<int> Next, int Done)>();
        var numbered = 0;
        for (var start = 0; start < count; start++)
        {
            if (number[start] != 0)
                continue;
            Enter(start);
            while (path.Count > 0)
            {
                var (node, targets, done) = path.Pop();
                if (done > 0)
                    low[node] = Math.Min(low[node], low[targets[done - 1]]);
                for (; done < targets.Count; done++)
                {
                    var target = targets[done];
                    if (number[target] == 0)
                        break;
                    if (isOpen[target])
                        low[node] = Math.Min(low[node], number[target]);
                }

                if (done < targets.Count)
                {
                    path.Push((node, targets, done + 1));
                    Enter(targets[done]);
                }
                else if (low[node] == number[node])
                {
                    components.Add(Close(node));
                }
            }
        }

        return components.ToImmutable();

        void Enter(int node)
        {
            number[node] = low[node] = ++numbered;
            isOpen[node] = true;
            members.Push(node);
            path.Push((node, next(node), 0));
        }

        ImmutableArray<int> Close(int root)
        {
            var component = ImmutableArray.CreateBuilder<int>();
            int member;
            do
            {
                member = members.Pop();
                isOpen[member] = false;
                component.Add(member);
            }
            while (member != root);
            component.Sort();
            return component.ToImmutable();
        }
    }
}
