package dev.sdlora.prompt.dynamic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of a template. Immutable. */
sealed interface Node {
  /** Draws this part and adds it to the text. */
  void draw(Drawing drawing);

  /** Reports each wildcard in this part. */
  default void forEachWildcard(Consumer<Wildcard> found) {}

  /** Text that is copied as it is. */
  record Text(String text) implements Node {
    @Override
    public void draw(Drawing drawing) {
      drawing.append(text);
    }
  }

  /** Parts in sequence. Assignments are drawn before all other parts. */
  record Sequence(List<Node> parts) implements Node {
    @Override
    public void draw(Drawing drawing) {
      parts.stream().filter(Assignment.class::isInstance).forEach(drawing::draw);
      parts.stream().filter(part -> !(part instanceof Assignment)).forEach(drawing::draw);
    }

    /** Returns the text if it contains nothing to draw. */
    Optional<String> asText() {
      StringBuilder whole = new StringBuilder();
      for (Node part : parts) {
        if (!(part instanceof Text text)) {
          return Optional.empty();
        }
        whole.append(text.text);
      }
      return Optional.of(whole.toString());
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      parts.forEach(part -> part.forEachWildcard(found));
    }

    /** Returns the wildcard if it is the only part. */
    Optional<Wildcard> asWildcard() {
      return parts.size() == 1 && parts.get(0) instanceof Wildcard wildcard
          ? Optional.of(wildcard)
          : Optional.empty();
    }
  }

  /**
   * One option of a variant.
   *
   * @param weight the relative probability, at least 0
   */
  record Option(double weight, Sequence value) {}

  /**
   * A choice of one or more options, each at most once.
   *
   * @param least the minimum number of options
   * @param most the maximum number of options; may exceed the number of options available
   * @param separator the text between two options
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

    /**
     * Replaces an option that is only a wildcard with the wildcard's values, so that none is drawn
     * twice.
     */
    private List<Option> all(Drawing drawing) {
      return Optional.of(options)
          .filter(one -> one.size() == 1)
          .flatMap(one -> one.get(0).value.asWildcard())
          .map(
              wildcard ->
                  wildcard.values(drawing).stream().map(value -> new Option(1, value)).toList())
          .orElse(options);
    }

    /** Draws an index by weight. If all weights are 0, all options are equally likely. */
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
      return last; // Reached only through rounding of the sum.
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      options.forEach(option -> option.value.forEachWildcard(found));
    }
  }

  /**
   * A line drawn from a file.
   *
   * @param name the file's name, or a pattern that matches several names; may itself be drawn
   * @param arguments the values of variables within the line
   * @param offset the wildcard's offset in its text
   */
  record Wildcard(Sequence name, Map<String, Sequence> arguments, int offset) implements Node {
    /** Copies the arguments and keeps their order. */
    public Wildcard {
      arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }

    @Override
    public void draw(Drawing drawing) {
      List<Sequence> values = values(drawing);
      drawing.draw(values.get(drawing.between(0, values.size() - 1)));
    }

    /** Returns the lines, each with the arguments. */
    List<Sequence> values(Drawing drawing) {
      String drawn = name.asText().orElseGet(() -> drawing.drawnAside(name));
      List<Sequence> lines = drawing.values(drawn.strip(), offset);
      return arguments.isEmpty()
          ? lines
          : lines.stream()
              .map(line -> new Sequence(List.of(new WithArguments(arguments, line))))
              .toList();
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      found.accept(this);
      name.forEachWildcard(found);
      arguments.values().forEach(value -> value.forEachWildcard(found));
    }
  }

  /** A part in which some variables have other values. */
  record WithArguments(Map<String, Sequence> arguments, Sequence body) implements Node {
    @Override
    public void draw(Drawing drawing) {
      drawing.drawWith(arguments, body);
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      body.forEachWildcard(found);
    }
  }

  /**
   * Text around another text: every {@code ...} in the wrapper is replaced with the inner text.
   *
   * @param offset the wrapper's offset in its text
   */
  record Wrap(Sequence wrapper, Sequence inner, int offset) implements Node {
    private static final Pattern MARKER = Pattern.compile("\\.{3,}|…+");

    @Override
    public void draw(Drawing drawing) {
      String around = drawing.drawnAside(wrapper);
      Matcher marker = MARKER.matcher(around);
      if (!marker.find()) {
        throw drawing.error(
            "the wrapper '%s' has no '...' to mark where the wrapped text goes"
                .formatted(around.length() > 100 ? around.substring(0, 100) + "…" : around),
            offset);
      }
      String text = drawing.drawnAside(inner);
      int end = 0;
      do {
        drawing.append(around.substring(end, marker.start()));
        drawing.append(text);
        end = marker.end();
      } while (marker.find());
      drawing.append(around.substring(end));
    }

    @Override
    public void forEachWildcard(Consumer<Wildcard> found) {
      wrapper.forEachWildcard(found);
      inner.forEachWildcard(found);
    }
  }

  /**
   * Assigns a value to a variable and adds no text.
   *
   * @param atOnce whether the value is drawn now instead of anew at each use
   * @param ifUnset whether a variable that has a value keeps it
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
   * @param otherwise the default for an unset variable
   * @param offset the variable's offset in its text
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
