package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the Dockerfile, as far as is possible without a container engine. */
final class DockerIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path APP = Path.of("target/app").toAbsolutePath();
  private static final Pattern COPY = Pattern.compile("(?m)^COPY (--from=build )?(\\S+) (\\S+)$");
  private static final Pattern ENTRYPOINT = Pattern.compile("(?m)^ENTRYPOINT (\\[.*])$");
  private static final Pattern HEALTH = Pattern.compile("(?m)^ +CMD (\\[\"bash\".*])$");
  private static final Pattern COMPOSE_COMMAND = Pattern.compile("(?m)^ +command: (\\[.*])$");

  private static String dockerfile() throws IOException {
    return Files.readString(ROOT.resolve("Dockerfile"));
  }

  private static List<String> words(String array) {
    try {
      return List.of(new ObjectMapper().readValue(array, String[].class));
    } catch (JsonProcessingException e) {
      throw new AssertionError(array, e);
    }
  }

  private static List<String> words(Pattern pattern, String text) {
    assertThat(pattern.matcher(text).results()).as(pattern.pattern()).hasSize(1);
    return pattern
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .map(line -> words(line.substring(line.indexOf('['))))
        .toList()
        .get(0);
  }

  @Test
  void copies_haveTheirSources_alsoAfterWhatIsIgnored() throws IOException {
    String text = dockerfile();
    List<MatchResult> copies = COPY.matcher(text).results().toList();
    assertThat(copies).hasSize((int) text.lines().filter(l -> l.startsWith("COPY")).count());
    for (MatchResult copy : copies) {
      String source = copy.group(2);
      if (copy.group(1) == null) {
        assertThat(source).isEqualTo(".");
      } else if (source.startsWith("/source/")) {
        assertThat(ROOT.resolve(source.substring("/source/".length())).resolve("bin/sd"))
            .isExecutable();
      } else {
        assertThat(text).contains("RUN ENGINE_CACHE_DIR=" + source + " ");
        assertThat(text).contains("ENV ENGINE_CACHE_DIR=" + copy.group(3) + " ");
      }
    }
  }

  /** Maven reads the sources of all its modules during the image build. */
  @Test
  void ignoredFiles_areNoneThatMavenReads() throws IOException {
    List<String> ignored =
        Files.readAllLines(ROOT.resolve(".dockerignore")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    List<Path> needed = new ArrayList<>(List.of(Path.of("pom.xml"), Path.of(".mvn/jvm.config")));
    needed.addAll(List.of(Path.of("LICENSE"), Path.of("NOTICE")));
    Pattern.compile("<module>(.*)</module>")
        .matcher(Files.readString(ROOT.resolve("pom.xml")))
        .results()
        .map(module -> Path.of(module.group(1), "pom.xml"))
        .forEach(needed::add);
    try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
      files.map(file -> Path.of("apps/sd-cli").resolve(file)).forEach(needed::add);
    }
    assertThat(needed)
        .hasSizeGreaterThan(50)
        .allSatisfy(
            file -> {
              assertThat(ROOT.resolve(file)).exists();
              assertThat(ignored).noneMatch(pattern -> isUnder(pattern, file));
            });
  }

  private static boolean isUnder(String pattern, Path file) {
    return Stream.iterate(file, p -> p != null, Path::getParent)
        .anyMatch(p -> FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(p));
  }

  @Test
  void entryPoint_isServeWithOptionsThatItHas() throws IOException {
    List<String> words = words(ENTRYPOINT, dockerfile());
    assertThat(words).startsWith("/opt/sd/bin/sd", "serve", "--listen");
    List<String> call = new ArrayList<>(words.subList(1, words.size()));
    Sd.commandLine().parseArgs(call.toArray(String[]::new));
    String page = Files.readString(ROOT.resolve("docs/docker.md"));
    List<MatchResult> commands = COMPOSE_COMMAND.matcher(page).results().toList();
    assertThat(commands).isNotEmpty();
    for (MatchResult command : commands) {
      List<String> whole = new ArrayList<>(call);
      whole.addAll(words(command.group(1)));
      Sd.commandLine().parseArgs(whole.toArray(String[]::new));
    }
  }

  @Test
  void healthCheck_isAnsweredWhileTheServerRuns(@TempDir Path outputs) throws Exception {
    List<String> entry = new ArrayList<>(words(ENTRYPOINT, dockerfile()));
    entry.set(0, APP.resolve("bin/sd").toString());
    entry.set(entry.indexOf("--port") + 1, "0");
    entry.set(entry.indexOf("--results") + 1, outputs.toString());
    Process server =
        new ProcessBuilder(entry).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader out = server.inputReader()) {
      int port = URI.create(String.valueOf(out.readLine())).getPort();
      assertThat(health(port)).isZero();
      server.destroy();
      assertThat(server.waitFor()).isEqualTo(143);
      assertThat(health(port)).isNotZero();
    } finally {
      server.destroyForcibly();
    }
  }

  private static int health(int port) throws Exception {
    String[] command =
        words(HEALTH, dockerfile()).stream()
            .map(word -> word.replace("/7860 ", "/" + port + " "))
            .toArray(String[]::new);
    assertThat(Arrays.toString(command)).contains("/" + port + " ");
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
