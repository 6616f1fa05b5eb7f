package dev.sdlora.families.checkpoint.stored;

import dev.sdlora.tensors.entry.TensorEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A condition on the tensors of a file, by which models are recognised. */
@FunctionalInterface
public interface TensorRule {
  /**
   * Tests the condition.
   *
   * @param tensors all tensors, by name
   * @param found gets the quoted tensors that meet the condition
   */
  boolean test(Map<String, TensorEntry> tensors, List<String> found);

  /** Returns the condition that both hold. */
  default TensorRule and(TensorRule other) {
    return (tensors, found) -> test(tensors, found) && other.test(tensors, found);
  }

  /** Returns the condition that one of two holds. */
  default TensorRule or(TensorRule other) {
    return (tensors, found) -> {
      int before = found.size();
      if (test(tensors, found)) {
        return true;
      }
      found.subList(before, found.size()).clear();
      return other.test(tensors, found);
    };
  }

  /** Returns the condition that this one does not hold. */
  default TensorRule not() {
    return (tensors, found) -> !test(tensors, new ArrayList<>());
  }

  /** A tensor has a name that begins with one of these parts, after any prefix. */
  static TensorRule any(String... parts) {
    List<String> list = List.of(parts);
    return named(
        name -> list.stream().anyMatch(part -> name.startsWith(part) || name.contains("." + part)));
  }

  /** A tensor has a name that a pattern finds. */
  static TensorRule matching(String part) {
    return named(Pattern.compile(part).asPredicate());
  }

  private static TensorRule named(Predicate<String> of) {
    return (tensors, found) -> {
      Optional<String> name = tensors.keySet().stream().filter(of).findFirst();
      name.ifPresent(known -> found.add("'" + known + "'"));
      return name.isPresent();
    };
  }

  /** A matrix, under one of several names, has this many rows. */
  static TensorRule rows(List<String> names, long wanted) {
    return sized(names, 0, size -> size == wanted, false);
  }

  /** A matrix, under one of several names, has at most this many rows, or is missing. */
  static TensorRule upTo(List<String> names, long most) {
    return sized(names, 0, size -> size <= most, true);
  }

  /** A matrix, under one of several names, has this many columns. */
  static TensorRule columns(List<String> names, long wanted) {
    return sized(names, 1, size -> size == wanted, false);
  }

  private static TensorRule sized(
      List<String> names, int dimension, Predicate<Long> size, boolean ifMissing) {
    return (tensors, found) -> {
      Optional<TensorEntry> entry =
          tensors.values().stream()
              .filter(
                  each ->
                      names.stream()
                          .anyMatch(
                              name -> each.name().equals(name) || each.name().endsWith("." + name)))
              .filter(each -> each.shape().size() == 2)
              .findFirst();
      if (entry.isEmpty()) {
        return ifMissing;
      }
      boolean fits = size.test(entry.get().shape().get(dimension));
      if (fits) {
        found.add("'%s' of shape %s".formatted(entry.get().name(), entry.get().shape()));
      }
      return fits;
    };
  }
}
