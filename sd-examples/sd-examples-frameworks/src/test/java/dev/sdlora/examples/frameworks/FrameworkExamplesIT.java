package dev.sdlora.examples.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.examples.kotlin.FollowProgressKt;
import dev.sdlora.examples.langchain4j.DrawByAiService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each example does what its comment says. */
final class FrameworkExamplesIT {
  @TempDir Path folder;

  @Test
  void drawByAiService_drawsAndRedraws() throws IOException {
    DrawByAiService.main(new String[] {folder.toString()});
    assertThat(PromptSpec.fromImage(folder.resolve("service-star.png")).prompt())
        .isEqualTo("a red star on a yellow background <lora:ink_lines:0.8>");
    PromptSpec heart = PromptSpec.fromImage(folder.resolve("service-heart.png"));
    assertThat(heart.prompt()).isEqualTo("a blue heart on a yellow background");
    assertThat(heart.otherParameters()).containsEntry("Denoising strength", "0.9");
  }

  @Test
  void followProgress_tellsItsStepsAndGivesUp() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      FollowProgressKt.main(new String[] {folder.toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .startsWith("QUEUED", "STARTED")
        .contains("step 12 of 12", "ResultReady")
        .endsWith("the ring took too long and was cancelled");
    assertThat(PromptSpec.fromImage(folder.resolve("followed.png")).seed()).hasValue(42);
  }

  /** Blocks on the page that have a file's name are lines of that file. */
  @Test
  void blocksOfThePage_standInTheExamples() throws IOException {
    List<MatchResult> blocks =
        Pattern.compile("(?s)```(?:java|kotlin) (\\S+)\n(.*?)```")
            .matcher(Files.readString(Path.of("../../docs/frameworks.md")))
            .results()
            .toList();
    assertThat(blocks).hasSize(3);
    for (MatchResult block : blocks) {
      try (Stream<Path> sources = Files.walk(Path.of("src/main"))) {
        Path source = sources.filter(file -> file.endsWith(block.group(1))).findAny().orElseThrow();
        assertThat(source).content().contains(block.group(2));
      }
    }
  }

  @Test
  void sources_fitOnAPage() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main"))) {
      assertThat(sources.filter(Files::isRegularFile))
          .hasSizeGreaterThan(2)
          .allSatisfy(source -> assertThat(Files.readAllLines(source)).hasSizeLessThan(61));
    }
  }
}
