package dev.sdlora.prompt.dynamic;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.dynamic.Node.Sequence;
import dev.sdlora.prompt.dynamic.Node.Wildcard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values of wildcards. Reads each file once. Not thread-safe. */
final class WildcardValues {
  private static final int DEEPEST = 50;

  private final Wildcards wildcards;
  private final Map<String, List<Sequence>> files = new HashMap<>();
  private final Map<String, List<Sequence>> patterns = new HashMap<>();
  private final Set<String> sound = new HashSet<>();

  WildcardValues(Wildcards wildcards) {
    this.wildcards = wildcards;
  }

  /**
   * Returns the distinct values of a wildcard, at least one.
   *
   * @throws PromptSyntaxException if the wildcard has no values, or one of them is not a valid
   *     template
   */
  List<Sequence> of(String pattern, int offset) {
    return patterns.computeIfAbsent(pattern, name -> read(name, offset));
  }

  private List<Sequence> read(String pattern, int offset) {
    Set<Sequence> values = new LinkedHashSet<>();
    for (String name : matching(pattern, offset)) {
      values.addAll(values(name, offset));
    }
    if (values.isEmpty()) {
      throw new PromptSyntaxException(
          "the wildcard '%s' has no values: its file is empty or has only comments"
              .formatted(pattern),
          offset);
    }
    return List.copyOf(values);
  }

  private List<String> matching(String pattern, int offset) {
    try {
      return wildcards.matching(pattern);
    } catch (PromptSyntaxException e) {
      throw at(offset, e);
    }
  }

  private List<Sequence> values(String name, int offset) {
    List<Sequence> known = files.get(name);
    if (known == null) {
      known = new ArrayList<>();
      try {
        for (String line : wildcards.lines(name)) {
          known.add(value(line, name));
        }
      } catch (PromptSyntaxException e) {
        throw at(offset, e);
      }
      files.put(name, known);
    }
    return known;
  }

  private static Sequence value(String line, String name) {
    try {
      return TemplateParser.parse(line);
    } catch (PromptSyntaxException e) {
      throw new PromptSyntaxException(
          "the line '%s' of the wildcard '%s' cannot be used: %s"
              .formatted(line, name, e.getMessage()),
          0);
    }
  }

  private static PromptSyntaxException at(int offset, PromptSyntaxException error) {
    return new PromptSyntaxException(String.valueOf(error.getMessage()), offset);
  }

  /**
   * Rejects wildcards that refer back to themselves, even if the drawing would not reach them.
   * Wildcards whose names are drawn are checked only during the drawing, by the limit on the depth.
   *
   * @throws PromptSyntaxException if wildcards form a circle
   */
  void requireNoCircle(Sequence template) {
    template.forEachWildcard(wildcard -> visit(wildcard, new LinkedHashMap<>(), wildcard.offset()));
  }

  private void visit(Wildcard wildcard, Map<String, Integer> path, int offset) {
    Optional<String> pattern = wildcard.name().asText();
    if (pattern.isEmpty()) {
      return;
    }
    for (String name : matching(pattern.get().strip(), offset)) {
      if (path.containsKey(name) || path.size() >= DEEPEST) {
        List<String> circle = new ArrayList<>(path.keySet());
        circle.add(name);
        throw new PromptSyntaxException(
            (path.containsKey(name)
                    ? "wildcards refer to each other in a circle: %s"
                    : "wildcards refer to each other through more than " + DEEPEST + " files: %s")
                .formatted(String.join(" -> ", circle)),
            offset);
      }
      if (sound.contains(name)) {
        continue;
      }
      path.put(name, path.size());
      for (Sequence value : values(name, offset)) {
        value.forEachWildcard(next -> visit(next, path, offset));
      }
      path.remove(name);
      sound.add(name);
    }
  }
}
