package dev.sdlora.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes several requests of one in which settings have lists of values: each value with each of the
 * others. The setting that is written last changes first. Settings that are lists by nature are
 * varied by lists of lists; lists inside their elements are values again.
 */
final class Matrix {
  /** Lists by nature. */
  private static final Set<String> LISTS = Set.of("lora", "styles", "init_images", "args");

  private final int most;

  /**
   * A matrix with a limit.
   *
   * @param most how many requests may come of one
   */
  Matrix(int most) {
    this.most = most;
  }

  /**
   * All combinations, in their order.
   *
   * @throws IllegalArgumentException if there are too many, or a list has nothing in it
   */
  List<ObjectNode> expand(ObjectNode settings) {
    return combinations("", settings).stream().map(ObjectNode.class::cast).toList();
  }

  private List<JsonNode> combinations(String name, JsonNode value) {
    if (value instanceof ObjectNode object) {
      return ofObject(object);
    }
    if (value instanceof ArrayNode array) {
      return LISTS.contains(name) ? ofList(name, array) : ofValues(name, array);
    }
    return List.of(value);
  }

  private List<JsonNode> ofObject(ObjectNode object) {
    List<JsonNode> all = List.of(Fields.object());
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      List<JsonNode> values = combinations(field.getKey(), field.getValue());
      List<JsonNode> more = new ArrayList<>(size(all.size(), values.size()));
      for (JsonNode before : all) {
        for (JsonNode value : values) {
          more.add(((ObjectNode) before.deepCopy()).set(field.getKey(), value));
        }
      }
      all = more;
    }
    return all;
  }

  private List<JsonNode> ofValues(String name, ArrayNode values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("the list of '%s' has no values".formatted(name));
    }
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode value : values) {
      if (value instanceof ArrayNode) {
        throw new IllegalArgumentException(
            "'%s' has a list in a list; its values are %s".formatted(name, "in one list"));
      }
      all.addAll(combinations(name, value));
      size(all.size(), 1);
    }
    return all;
  }

  private List<JsonNode> ofList(String name, ArrayNode list) {
    int lists = 0;
    for (JsonNode element : list) {
      lists += element instanceof ArrayNode ? 1 : 0;
    }
    if (lists == 0) {
      return ofElements(list);
    }
    if (lists < list.size()) {
      throw new IllegalArgumentException(
          "'%s' must be a list, or a list of lists to choose from, and is both".formatted(name));
    }
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode choice : list) {
      for (JsonNode element : choice) {
        if (element instanceof ArrayNode) {
          throw new IllegalArgumentException("'%s' has lists three deep".formatted(name));
        }
      }
      all.addAll(ofElements((ArrayNode) choice));
      size(all.size(), 1);
    }
    return all;
  }

  private List<JsonNode> ofElements(ArrayNode list) {
    List<JsonNode> all = List.of(Fields.array());
    for (JsonNode element : list) {
      List<JsonNode> values = combinations("", element);
      List<JsonNode> more = new ArrayList<>(size(all.size(), values.size()));
      for (JsonNode before : all) {
        for (JsonNode value : values) {
          more.add(((ArrayNode) before.deepCopy()).add(value));
        }
      }
      all = more;
    }
    return all;
  }

  private int size(int a, int b) {
    if ((long) a * b > most) {
      throw new IllegalArgumentException("its lists make more than %s requests".formatted(most));
    }
    return a * b;
  }
}
