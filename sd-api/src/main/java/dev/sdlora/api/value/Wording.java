package dev.sdlora.api.value;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites sentences of the library for the users of a program. Errors and warnings name methods
 * and settings of Java; users of the terminal know options, and users of HTTP know fields. Each
 * program adds its rules to {@link #PROGRAMS}, which suit all of them.
 */
public final class Wording {
  /** Removes the names of Java where an option of the command line is next to them. */
  public static final Wording PROGRAMS =
      new Wording(List.of())
          .phrase(
              "Preprocessor\\.withDirectory, Pipeline\\.Builder\\.preprocessorDirectory or ", "")
          .phrase("Pipeline\\.Builder\\.\\w+ or (?=--)", "")
          .phrase(
              "the pipeline has no detectors; add one with"
                  + " Pipeline\\.builder\\(\\)\\.detector or detectorDirectory"
                  + " \\((--detector-dir)\\)",
              "there are no detectors; name a folder of them with $1")
          .phrase("Pipeline\\.builder\\(\\)\\.refiner\\(checkpoint\\)", "--refiner")
          .phrase("(RequestLimits|PromptLimits)\\.\\w+ allows", "the limit is")
          .phrase(
              "the library dev\\.sdlora:([\\w-]+) is missing; add it as a dependency",
              "$1 is missing from this installation; add its jars to its folder 'lib'")
          .phrase("\\bno LoRA directory\\b(?! \\(--)", "$0 (--lora-dir)")
          .phrase(
              "\\bno (embedding|hypernetwork|upscaler|wildcard) directory\\b(?! \\(--)",
              "$0 (--$1-dir)");

  private record Rule(Pattern library, String replacement) {}

  private final List<Rule> rules;

  private Wording(List<Rule> rules) {
    this.rules = rules;
  }

  private Wording with(Pattern library, String replacement) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(new Rule(library, replacement));
    return new Wording(List.copyOf(more));
  }

  /**
   * Adds a rule, applied to the results of the earlier ones.
   *
   * @param library a regular expression for the words of the library
   * @param replacement the words of the program, with {@code $1} for the first group
   * @return the wording with this rule
   */
  public Wording phrase(String library, String replacement) {
    return with(Pattern.compile(library), replacement);
  }

  /**
   * Adds a rule for a setting. It does not apply inside quoted names, paths and longer names.
   *
   * @param name the name of the setting in Java, or words that begin with it
   * @param replacement the name in the program
   * @return the wording with this rule
   */
  public Wording setting(String name, String replacement) {
    return with(
        Pattern.compile("(?<![\\w.'<:/\\\\-])" + name + "(?!\\.?\\w|['(])"),
        Matcher.quoteReplacement(replacement));
  }

  /**
   * Returns a sentence in the words of the program.
   *
   * @param sentence a sentence of the library
   */
  public String in(String sentence) {
    String text = sentence;
    for (Rule rule : rules) {
      text = rule.library.matcher(text).replaceAll(rule.replacement);
    }
    return text;
  }

  /** Returns the replacements of all rules in order, for tests. */
  public List<String> replacements() {
    return rules.stream().map(Rule::replacement).toList();
  }
}
