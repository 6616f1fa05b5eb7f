package dev.sdlora.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.FieldSchemas;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Expands settings with lists of values into several requests: all combinations of values. The last
 * setting varies fastest. Settings that are lists themselves are varied by lists of lists; lists
 * inside their elements are values again.
 */
final class Matrix {
  /** Fields of A1111 that are lists themselves, besides those of the rows of settings. */
  private static final Set<String> LISTS = Set.of("init_images", "args");

  private final int most;

  /**
   * Creates a matrix.
   *
   * @param most the limit of requests made from one
   */
  Matrix(int most) {
    this.most = most;
  }

  /**
   * Returns all combinations in order.
   *
   * @return a view that creates each combination when it is read, because all of them may not fit
   *     into memory
   * @throws IllegalArgumentException if there are too many, or a list is empty
   */
  List<ObjectNode> expand(ObjectNode settings) {
    List<JsonNode> all = combinations("", settings);
    return view(all.size(), i -> (ObjectNode) all.get(i));
  }

  private List<JsonNode> combinations(String name, JsonNode value) {
    if (value instanceof ObjectNode object) {
      return ofObject(object);
    }
    if (value instanceof ArrayNode array) {
      return LISTS.contains(name) || FieldSchemas.isList(name)
          ? ofList(name, array)
          : ofValues(name, array);
    }
    return List.of(value);
  }

  private List<JsonNode> ofObject(ObjectNode object) {
    List<String> names = new ArrayList<>();
    List<List<JsonNode>> values = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      names.add(field.getKey());
      values.add(combinations(field.getKey(), field.getValue()));
    }
    return view(
        product(values),
        i -> {
          List<JsonNode> chosen = choice(values, i);
          ObjectNode made = Fields.object();
          for (int field = 0; field < names.size(); field++) {
            made.set(names.get(field), chosen.get(field));
          }
          return made;
        });
  }

  private List<JsonNode> ofValues(String name, ArrayNode values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("the list of '%s' has no values".formatted(name));
    }
    List<List<JsonNode>> all = new ArrayList<>();
    for (JsonNode value : values) {
      if (value instanceof ArrayNode) {
        throw new IllegalArgumentException(
            "'%s' has a nested list; put its values in one list".formatted(name));
      }
      all.add(combinations(name, value));
    }
    return joined(all);
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
          "'%s' must be a list, or a list of lists to choose from, not a mixture".formatted(name));
    }
    List<List<JsonNode>> all = new ArrayList<>();
    for (JsonNode choice : list) {
      for (JsonNode element : choice) {
        if (element instanceof ArrayNode) {
          throw new IllegalArgumentException("'%s' has lists nested three deep".formatted(name));
        }
      }
      all.add(ofElements((ArrayNode) choice));
    }
    return joined(all);
  }

  private List<JsonNode> ofElements(ArrayNode list) {
    List<List<JsonNode>> values = new ArrayList<>();
    list.forEach(element -> values.add(combinations("", element)));
    return view(product(values), i -> Fields.array().addAll(choice(values, i)));
  }

  private int product(List<List<JsonNode>> factors) {
    int size = 1;
    for (List<JsonNode> factor : factors) {
      size = checked((long) size * factor.size());
    }
    return size;
  }

  /** Returns one value of each list; the last list varies fastest. */
  private static List<JsonNode> choice(List<List<JsonNode>> lists, int number) {
    JsonNode[] chosen = new JsonNode[lists.size()];
    int rest = number;
    for (int i = chosen.length - 1; i >= 0; i--) {
      List<JsonNode> values = lists.get(i);
      chosen[i] = values.get(rest % values.size());
      rest /= values.size();
    }
    return List.of(chosen);
  }

  /** Returns the concatenation of lists. */
  private List<JsonNode> joined(List<List<JsonNode>> lists) {
    TreeMap<Integer, List<JsonNode>> byStart = new TreeMap<>();
    int size = 0;
    for (List<JsonNode> list : lists) {
      byStart.put(size, list);
      size = checked((long) size + list.size());
    }
    return view(
        size,
        i -> {
          Map.Entry<Integer, List<JsonNode>> in = byStart.floorEntry(i);
          return in.getValue().get(i - in.getKey());
        });
  }

  private int checked(long size) {
    if (size > most) {
      throw new IllegalArgumentException("its lists make more than %s requests".formatted(most));
    }
    return (int) size;
  }

  private static <T> List<T> view(int size, IntFunction<T> element) {
    return new AbstractList<>() {
      @Override
      public T get(int index) {
        return element.apply(Objects.checkIndex(index, size));
      }

      @Override
      public int size() {
        return size;
      }
    };
  }
}
