package dev.sdlora.prompt.dynamic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A part of a template. Immutable. */
sealed interface Node {
  /** Adds what is drawn. */
  void draw(Drawing drawing);

  /** Tells of the wildcards in it. */
  default void forEachWildcard(Consumer<Wildcard> found) {}

  /** Text that stays. */
  record Text(String text) implements Node {
    @Override
    public void draw(Drawing drawing) {
      drawing.append(text);
    }
  }

  /** Parts one after another. */
  record Sequence(List<Node> parts) implements Node {
    @Override
    public void draw(Drawing drawing) {
      parts.forEach(drawing::draw);
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      parts.forEach(part -> part.forEachWildcard(found));
    }

    /** The one part that there is, if it is a wildcard. */
    Optional<Wildcard> asWildcard() {
      return parts.size() == 1 && parts.get(0) instanceof Wildcard wildcard
          ? Optional.of(wildcard)
          : Optional.empty();
    }
  }

  /**
   * One of the options of a variant.
   *
   * @param weight how likely it is beside the others, from 0
   */
  record Option(double weight, Sequence value) {}

  /**
   * Some of several options, each at most once.
   *
   * @param least how many at least
   * @param most how many at most; there may be fewer options
   * @param separator what stands between them
   */
  record Variant(int least, int most, String separator, List<Option> options) implements Node {
    @Override
    public void draw(Drawing drawing) {
      List<Option> left = new ArrayList<>(all(drawing));
      int upper = Math.min(most, left.size());
      int count = drawing.between(Math.min(least, upper), upper);
      for (int i = 0; i < count; i++) {
        if (i > 0) {
          drawing.append(separator);
        }
        drawing.draw(left.remove(chosen(left, drawing)).value);
      }
    }

    /** A wildcard alone stands for its values, so that none is drawn twice. */
    private List<Option> all(Drawing drawing) {
      return Optional.of(options)
          .filter(one -> one.size() == 1)
          .flatMap(one -> one.get(0).value.asWildcard())
          .map(
              wildcard ->
                  drawing.values(wildcard).stream().map(value -> new Option(1, value)).toList())
          .orElse(options);
    }

    /** Where nothing has weight, all are equally likely. */
    private static int chosen(List<Option> options, Drawing drawing) {
      double sum = options.stream().mapToDouble(Option::weight).sum();
      if (sum == 0) {
        return drawing.between(0, options.size() - 1);
      }
      double place = drawing.fraction() * sum;
      int last = 0;
      for (int i = 0; i < options.size(); i++) {
        double weight = options.get(i).weight;
        if (weight > 0) {
          last = i;
          if (place < weight) {
            return i;
          }
        }
        place -= weight;
      }
      return last; // The sum was rounded.
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      options.forEach(option -> option.value.forEachWildcard(found));
    }
  }

  /**
   * A line of a file.
   *
   * @param name of the file, or a pattern that several have
   * @param offset where it stands in its text
   */
  record Wildcard(String name, int offset) implements Node {
    @Override
    public void draw(Drawing drawing) {
      List<Sequence> values = drawing.values(this);
      drawing.draw(values.get(drawing.between(0, values.size() - 1)));
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      found.accept(this);
    }
  }

  /**
   * Gives a variable its value, and adds nothing.
   *
   * @param atOnce whether the value is drawn now, or anew for each use
   * @param ifUnset whether a value that it has stays
   */
  record Assignment(String name, Sequence value, boolean atOnce, boolean ifUnset) implements Node {
    @Override
    public void draw(Drawing drawing) {
      if (ifUnset && drawing.variable(name).isPresent()) {
        return;
      }
      drawing.set(name, atOnce ? new Text(drawing.drawnAside(value)) : value);
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      value.forEachWildcard(found);
    }
  }

  /**
   * The value of a variable.
   *
   * @param otherwise what stands for one that is not set
   * @param offset where it stands in its text
   */
  record Variable(String name, Optional<Sequence> otherwise, int offset) implements Node {
    @Override
    public void draw(Drawing drawing) {
      drawing.draw(
          drawing
              .variable(name)
              .or(() -> otherwise)
              .orElseThrow(
                  () ->
                      drawing.error(
                          "the variable '%s' is used before it has a value; expected ${%s=value}"
                                  .formatted(name, name)
                              + " before it, or ${%s:value}".formatted(name),
                          offset)));
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      otherwise.ifPresent(value -> value.forEachWildcard(found));
    }
  }
}
