package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that ComfyUI ran, in its API format: each id maps to a class and inputs, which are
 * values or links. Links may be cyclic or dangling; no method follows one twice. Immutable.
 */
final class ComfyGraph {
  /** Inputs that hold the value of a node that only provides a value. */
  private static final List<String> VALUES =
      List.of("value", "text", "string", "String", "seed", "int", "float", "number", "Value");

  private static final int MAX_HOPS = 16;

  private final Map<String, Node> nodes;

  /**
   * A node.
   *
   * @param id its id in the graph
   * @param type its class
   * @param inputs an object of values and links
   */
  record Node(String id, String type, JsonNode inputs) {
    JsonNode input(String name) {
      return inputs.path(name);
    }

    /** Compares ids only, because inputs may be large. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Node node && id.equals(node.id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }
  }

  /**
   * The source of an input.
   *
   * @param slot the index of the output, from 0
   */
  record Link(Node from, int slot) {}

  private ComfyGraph(Map<String, Node> nodes) {
    this.nodes = nodes;
  }

  /** Reads API-format JSON; empty if it contains no node. */
  static Optional<ComfyGraph> of(JsonNode json) {
    Map<String, Node> nodes = new LinkedHashMap<>();
    json.properties()
        .forEach(
            field -> {
              String type = field.getValue().path("class_type").asText("");
              JsonNode inputs = field.getValue().path("inputs");
              if (!type.isEmpty() && inputs.isObject()) {
                nodes.put(field.getKey(), new Node(field.getKey(), type, inputs));
              }
            });
    return nodes.isEmpty() ? Optional.empty() : Optional.of(new ComfyGraph(nodes));
  }

  Iterable<Node> nodes() {
    return Collections.unmodifiableCollection(nodes.values());
  }

  /** Returns the source of an input, if it is a link to a node. */
  Optional<Link> link(Node node, String input) {
    return link(node.input(input));
  }

  private Optional<Link> link(JsonNode value) {
    return value.isArray() && value.size() == 2
        ? Optional.ofNullable(nodes.get(value.path(0).asText("")))
            .map(from -> new Link(from, value.path(1).asInt(0)))
        : Optional.empty();
  }

  /** Returns the source of the first of the inputs that is a link. */
  Optional<Link> link(Node node, List<String> inputs) {
    return inputs.stream().flatMap(input -> link(node, input).stream()).findFirst();
  }

  /** Returns a value, following links to nodes that hold one; missing if the value is computed. */
  JsonNode value(Node node, String input) {
    JsonNode value = node.input(input);
    for (int hop = 0; hop < MAX_HOPS && value.isArray(); hop++) {
      Optional<Link> link = link(value);
      if (link.isEmpty()) {
        return MissingNode.getInstance();
      }
      Node from = link.get().from();
      value = from.input(input);
      for (int i = 0; i < VALUES.size() && value.isMissingNode(); i++) {
        value = from.input(VALUES.get(i));
      }
    }
    return value.isValueNode() ? value : MissingNode.getInstance();
  }

  String text(Node node, String input) {
    return value(node, input).asText("");
  }

  /**
   * Returns the path to the nearest upstream node that matches. It begins with the start node and
   * ends with the match.
   *
   * @param start the first node to test
   */
  Optional<List<Node>> way(Node start, Predicate<Node> wanted) {
    Map<Node, Node> before = new HashMap<>();
    Set<Node> seen = new LinkedHashSet<>();
    Deque<Node> ahead = new ArrayDeque<>();
    ahead.add(start);
    seen.add(start);
    while (!ahead.isEmpty()) {
      Node node = ahead.remove();
      if (wanted.test(node)) {
        Deque<Node> way = new ArrayDeque<>();
        for (Node at = node; at != null; at = before.get(at)) {
          way.addFirst(at);
        }
        return Optional.of(List.copyOf(way));
      }
      for (JsonNode input : node.inputs()) {
        link(input)
            .map(Link::from)
            .filter(seen::add)
            .ifPresent(
                from -> {
                  before.put(from, node);
                  ahead.add(from);
                });
      }
    }
    return Optional.empty();
  }
}
