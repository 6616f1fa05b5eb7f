package dev.sdlora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sentences that the library may say, read from its sources, and the check that a program says
 * them without names of Java.
 */
public final class LibraryMessages {
  /** The repository: tests of programs run in the folder of their module. */
  private static final Path ROOT = Path.of("..", "..");

  private static final List<String> MODULES =
      List.of(
          "sd-api",
          "sd-prompt",
          "sd-lora",
          "sd-infotext",
          "sd-families",
          "sd-pipeline",
          "sd-models",
          "sd-training");

  /** The strings of a statement, joined: messages are written in several. */
  private static final Pattern TEXT =
      Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"(?:\\s*\\+\\s*\"(?:[^\"\\\\\\n]|\\\\.)*\")*");

  /** A method, a field of a class, or a class inside another. */
  private static final Pattern JAVA =
      Pattern.compile(
          "\\b[A-Z][A-Za-z]+\\.[a-z][A-Za-z]{3,}\\b(?!\\.)|\\b[a-z][A-Za-z]+\\([a-z]*\\)|\\w\\$[A-Z]");

  private LibraryMessages() {}

  /**
   * Checks that no message names a method or a class of Java, or a setting by its name in Java.
   *
   * @param builder the builder whose setters are settings
   * @param wording translates messages to the words of the program
   * @throws IOException if the sources cannot be read
   */
  public static void assertWithoutJava(Class<?> builder, UnaryOperator<String> wording)
      throws IOException {
    String settings =
        Arrays.stream(builder.getMethods())
            .map(Method::getName)
            .filter(name -> !name.equals(name.toLowerCase(Locale.ROOT)))
            .distinct()
            .collect(Collectors.joining("|"));
    assertThat(settings).contains("cfgScale", "imageToImage");
    Pattern setting = Pattern.compile("(?<![\\w.'<])(" + settings + ")(?![\\w'])");
    int translated = 0;
    for (String module : MODULES) {
      for (String message : messages(sources(ROOT.resolve(module).resolve("src/main/java")))) {
        String messages = wording.apply(message);
        assertThat(
                Stream.of(JAVA, setting)
                    .flatMap(names -> names.matcher(messages).results())
                    .map(MatchResult::group))
            .as("%s: %s", module, message)
            .isEmpty();
        translated += messages.equals(message) ? 0 : 1;
      }
    }
    assertThat(translated).isGreaterThan(25);
  }

  /**
   * Returns the sources in a folder, joined.
   *
   * @throws IOException if they cannot be read
   */
  public static String sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).sorted().toList()) {
        all.append(Files.readString(file)).append('\n');
      }
      return all.toString();
    }
  }

  /** Returns the texts of sources that are sentences: at least three words in lower case. */
  private static List<String> messages(String sources) {
    String code = sources.replaceAll("(?m)^\\s*(\\*|//|/\\*).*$", "");
    return TEXT.matcher(code)
        .results()
        .map(found -> found.group().replaceAll("\"\\s*\\+\\s*\"", ""))
        .filter(text -> text.length() > 2)
        .map(text -> text.substring(1, text.length() - 1).replace("%s", "x"))
        .filter(text -> Pattern.compile("( [a-z]+\\b,?){3}").matcher(text).find())
        .filter(text -> !text.contains("\\n"))
        .toList();
  }
}
