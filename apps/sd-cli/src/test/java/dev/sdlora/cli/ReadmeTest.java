package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the code, commands and links in the README and the docs. */
class ReadmeTest {
  private static final Path README = Path.of("../../README.md");

  /**
   * Pages compiled in the modules of these frameworks, which have the frameworks on their class
   * paths.
   */
  private static final Set<String> FRAMEWORKS = Set.of("scale.md", "spring-boot.md");

  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  /** A whole program, as opposed to lines inside a method. */
  private static final Pattern PROGRAM = Pattern.compile("(?m)^public class (\\w+)");

  private static final Pattern FOR_USERS =
      Pattern.compile(
          "import (java|dev\\.sdlora\\.(api|batch|training|models|demo\\.model|server))\\..*;");
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SD =
      Pattern.compile(
          "(?m)(?:^|[ /])sd"
              + " ((?:generate|grid|batch|upscale|train|serve|get|info|prompt|lora|checkpoint)"
              + " .*)$");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  private static List<String> blocks(Pattern pattern, Path file) throws IOException {
    return pattern.matcher(Files.readString(file)).results().map(r -> r.group(1)).toList();
  }

  private static List<String> javaBlocks() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path page : pages().toList()) {
      if (!FRAMEWORKS.contains(page.getFileName().toString())) {
        found.addAll(blocks(JAVA, page));
      }
    }
    return found;
  }

  private static Stream<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(Path.of("../../docs"))) {
      return Stream.concat(Stream.of(README), docs.filter(f -> f.toString().endsWith(".md")))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** The code compiles exactly as shown, with only its own imports. */
  @Test
  void javaBlocks_compile(@TempDir Path folder) throws IOException {
    List<String> sources = new ArrayList<>(List.of("-d", folder.toString()));
    sources.addAll(List.of("-cp", System.getProperty("java.class.path")));
    for (String block : javaBlocks()) {
      String imports = lines(block, true);
      assertThat(imports).as("imports of\n" + block).isNotEmpty().doesNotContain("*");
      Matcher program = PROGRAM.matcher(block);
      String name = program.find() ? program.group(1) : "Readme" + sources.size();
      Path source = folder.resolve(name + ".java");
      String snippet = "class %s { void show() {%n%s}}".formatted(name, lines(block, false));
      Files.writeString(source, name.startsWith("Readme") ? imports + snippet : block);
      sources.add(source.toString());
    }
    assertThat(sources).hasSizeGreaterThan(8);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code = compiler.run(null, null, errors, sources.toArray(String[]::new));
    assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
  }

  /** Only the API, the training, and the demo model as an example of a model. */
  @Test
  void javaBlocks_importWhatIsForUsers() throws IOException {
    for (String block : javaBlocks()) {
      assertThat(lines(block, true).lines()).allMatch(FOR_USERS.asMatchPredicate());
    }
  }

  private static String lines(String block, boolean imports) {
    return block
        .lines()
        .filter(line -> line.startsWith("import ") == imports)
        .collect(Collectors.joining("\n", "", "\n"))
        .stripLeading();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commands_haveTheOptionsThatPagesGiveThem(Path page) throws IOException {
    for (String block : blocks(SHELL, page)) {
      String joined = block.replace("\\\n", " ");
      SD.matcher(joined)
          .results()
          .map(call -> WORD.matcher(call.group(1)).results().map(ReadmeTest::word))
          .forEach(
              words -> {
                String[] arguments = words.toArray(String[]::new);
                assertThatCode(() -> Sd.commandLine().parseArgs(arguments))
                    .as(page + ": " + String.join(" ", arguments))
                    .doesNotThrowAnyException();
              });
    }
  }

  private static String word(MatchResult found) {
    return found.group(1) == null ? found.group(2) : found.group(1);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void links_leadToFiles(Path page) throws IOException {
    LINK.matcher(Files.readString(page))
        .results()
        .map(found -> found.group(1))
        .forEach(
            link -> assertThat(page.resolveSibling(link)).as(page + " links " + link).exists());
  }

  @Test
  void testCommand_isWhatContinuousIntegrationRuns() throws IOException {
    String ci = Files.readString(Path.of("../../.ci/run"));
    assertThat(ci).contains("\nmvn -B -ntp -T2 verify -Pfull ");
    assertThat(Files.readString(README)).contains("\nmvn -B -ntp -T2 verify\n");
  }
}
