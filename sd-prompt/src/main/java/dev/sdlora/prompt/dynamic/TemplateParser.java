package dev.sdlora.prompt.dynamic;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.dynamic.Node.Assignment;
import dev.sdlora.prompt.dynamic.Node.Option;
import dev.sdlora.prompt.dynamic.Node.Sequence;
import dev.sdlora.prompt.dynamic.Node.Text;
import dev.sdlora.prompt.dynamic.Node.Variable;
import dev.sdlora.prompt.dynamic.Node.Variant;
import dev.sdlora.prompt.dynamic.Node.Wildcard;
import dev.sdlora.prompt.dynamic.Node.Wrap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses a template; {@link dev.sdlora.api.DynamicPrompts} describes the language. For one use. */
final class TemplateParser {
  private static final int DEEPEST = 100;
  private static final String ESCAPED = "{}|$_%";

  /** The longest wildcard name recognized, in characters. */
  private static final int LONGEST_NAME = 1000;

  private static final Pattern COUNT = Pattern.compile("\\s*(\\d{0,6})(-?)(\\d{0,6})\\s*\\$\\$");
  private static final Pattern SEPARATOR = Pattern.compile("([^{}$]*)\\$\\$");
  private static final Pattern WEIGHT =
      Pattern.compile("\\s*(\\d{1,9}(?:\\.\\d{0,9})?|\\.\\d{1,9})\\s*::");
  private static final Pattern ARGUMENT =
      Pattern.compile("[(,]\\s*([A-Za-z_]\\w{0,99})\\s*=[ \\t]*");
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{\\s*([A-Za-z_]\\w{0,99})\\s*(\\?=!|\\?=|=!|=|:|(?=\\}))");

  private final String text;
  private int at;

  private TemplateParser(String text) {
    this.text = text;
  }

  /**
   * Parses a template.
   *
   * @throws PromptSyntaxException if a bracket is not closed, or a variant is invalid
   */
  static Sequence parse(String text) {
    TemplateParser parser = new TemplateParser(text);
    Sequence whole = parser.sequence(0);
    if (parser.at < text.length()) {
      throw error("the '}' has no '{' before it; write \\} for a literal brace", parser.at);
    }
    return whole;
  }

  /**
   * Reads up to a closing brace or the end of the text.
   *
   * @param ends other texts that end the sequence
   */
  private Sequence sequence(int depth, String... ends) {
    if (depth > DEEPEST) {
      throw error("the template is nested more than " + DEEPEST + " deep", at);
    }
    List<Node> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    while (at < text.length()) {
      char next = text.charAt(at);
      if (next == '}' || isAtOneOf(ends)) {
        break;
      }
      Optional<Node> node = node(next, depth);
      if (node.isPresent()) {
        flush(literal, parts);
        parts.add(node.get());
      } else {
        literal(next, literal);
      }
    }
    flush(literal, parts);
    return new Sequence(List.copyOf(parts));
  }

  private boolean isAtOneOf(String... ends) {
    for (String end : ends) {
      if (text.startsWith(end, at)) {
        return true;
      }
    }
    return false;
  }

  private static void flush(StringBuilder literal, List<Node> parts) {
    if (!literal.isEmpty()) {
      parts.add(new Text(literal.toString()));
      literal.setLength(0);
    }
  }

  private void literal(char next, StringBuilder literal) {
    if (next == '#') {
      // Skips the comment: in the middle of a drawn text it would hide what follows.
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end;
      return;
    }
    if (next == '\\' && at + 1 < text.length() && ESCAPED.indexOf(text.charAt(at + 1)) >= 0) {
      at++;
    }
    literal.append(text.charAt(at));
    at++;
  }

  private Optional<Node> node(char next, int depth) {
    if (next == '{') {
      return Optional.of(variant(depth));
    }
    if (next == '$' && text.startsWith("${", at)) {
      return Optional.of(variable(depth));
    }
    if (next == '%' && text.startsWith("%{", at)) {
      return Optional.of(wrap(depth));
    }
    if (next == '_' && isWildcard()) {
      return Optional.of(wildcard(depth));
    }
    return Optional.empty();
  }

  private Wrap wrap(int depth) {
    int open = at;
    at += 2;
    Sequence wrapper = sequence(depth + 1, "$$");
    if (!isAtOneOf("$$")) {
      throw error(
          "'%{' begins a wrapper, but no '$$' and text to wrap follow; write \\% for a literal percent sign",
          open);
    }
    at += 2;
    Sequence inner = sequence(depth + 1);
    close("%{", open);
    return new Wrap(wrapper, inner, open);
  }

  /** Whether the underscores here begin a name that two more underscores end on the same line. */
  private boolean isWildcard() {
    int first = at + 2;
    int last = Math.min(text.length() - 1, first + LONGEST_NAME);
    int braces = 0;
    boolean found = text.startsWith("__", at) && !text.startsWith("__", first);
    for (int i = first; found && i < last; i++) {
      char next = text.charAt(i);
      if (braces == 0 && text.startsWith("__", i)) {
        return true;
      }
      boolean isDollar = next == '$' && text.charAt(i + 1) != '{' && braces == 0;
      found = next != '#' && next != '\n' && !isDollar && (braces > 0 || "}|".indexOf(next) < 0);
      braces += next == '{' ? 1 : next == '}' ? -1 : 0;
      i += next == '\\' ? 1 : 0;
    }
    return false;
  }

  private Wildcard wildcard(int depth) {
    int open = at;
    at += 2;
    if ("@!".indexOf(text.charAt(at)) >= 0) {
      throw error(
          "the wildcard begins with '%s', which selects another sampler; only random sampling is"
                  .formatted(text.charAt(at))
              + " supported: write the name alone",
          open);
    }
    isNext('~'); // Requests random sampling, the only sampler supported.
    List<Node> name = new ArrayList<>(sequence(depth + 1, "__", "(").parts());
    Map<String, Sequence> arguments = new LinkedHashMap<>();
    while (isAtOneOf("(")) {
      Optional<Matcher> argument = take(ARGUMENT);
      if (argument.isPresent()) {
        arguments(argument.get(), arguments, depth, open);
      } else {
        name.add(new Text("("));
        at++;
      }
      name.addAll(sequence(depth + 1, "__", "(").parts());
    }
    if (!isAtOneOf("__")) {
      throw error("the '__' is not closed by another '__'", open);
    }
    at += 2;
    return new Wildcard(new Sequence(List.copyOf(name)), arguments, open);
  }

  private void arguments(Matcher first, Map<String, Sequence> arguments, int depth, int open) {
    Optional<Matcher> argument = Optional.of(first);
    while (argument.isPresent()) {
      arguments.put(argument.get().group(1), sequence(depth + 1, ",", ")", "__"));
      argument = isAtOneOf(",") ? take(ARGUMENT) : Optional.empty();
    }
    if (!isNext(')')) {
      throw error("the arguments of the wildcard are not of the form (key=value, key=value)", open);
    }
  }

  private Variant variant(int depth) {
    int open = at;
    at++;
    if (isAtOneOf("@", "!")) {
      throw error(
          "the variant begins with '%s', which selects another sampler; only random sampling is"
                  .formatted(text.charAt(at))
              + " supported: write the options alone",
          open);
    }
    isNext('~'); // Requests random sampling, the only sampler supported.
    int least = 1;
    int most = 1;
    String separator = ",";
    Optional<Matcher> count = take(COUNT);
    if (count.isPresent()) {
      String from = count.get().group(1);
      String to = count.get().group(3);
      boolean isRange = !count.get().group(2).isEmpty();
      least = from.isEmpty() ? 1 : Integer.parseInt(from);
      most = isRange ? to.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(to) : least;
      if ((from.isEmpty() && to.isEmpty()) || least > most) {
        throw error(
            "the variant draws '%s' options; expected a number, or a range such as 1-2"
                .formatted(from + count.get().group(2) + to),
            open);
      }
      separator = take(SEPARATOR).map(found -> found.group(1)).orElse(separator);
    }
    List<Option> options = new ArrayList<>();
    do {
      double weight = take(WEIGHT).map(found -> Double.parseDouble(found.group(1))).orElse(1.0);
      options.add(new Option(weight, sequence(depth + 1, "|")));
    } while (isNext('|'));
    close("{", open);
    return new Variant(least, most, separator, List.copyOf(options));
  }

  private Node variable(int depth) {
    int open = at;
    Matcher head =
        take(VARIABLE)
            .orElseThrow(
                () ->
                    error(
                        "'${' does not begin a variable; expected ${name}, ${name:value} or ${name=value}",
                        open));
    String name = head.group(1);
    String sign = head.group(2);
    if (sign.isEmpty()) {
      close("${", open);
      return new Variable(name, Optional.empty(), open);
    }
    Sequence value = sequence(depth + 1);
    close("${", open);
    return sign.equals(":")
        ? new Variable(name, Optional.of(value), open)
        : new Assignment(name, value, sign.endsWith("!"), sign.startsWith("?"));
  }

  private void close(String opening, int open) {
    if (!isNext('}')) {
      throw error("the '" + opening + "' has no closing '}'", open);
    }
  }

  private boolean isNext(char wanted) {
    boolean found = at < text.length() && text.charAt(at) == wanted;
    at += found ? 1 : 0;
    return found;
  }

  /** Consumes the match of a pattern at the current position. */
  private Optional<Matcher> take(Pattern pattern) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      return Optional.empty();
    }
    at = matcher.end();
    return Optional.of(matcher);
  }

  private static PromptSyntaxException error(String message, int offset) {
    return new PromptSyntaxException(message + ", at character " + offset, offset);
  }
}
