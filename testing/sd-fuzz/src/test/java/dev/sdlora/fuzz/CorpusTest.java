package dev.sdlora.fuzz;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Reads all inputs of the corpus, in a process with 256 MB of heap. */
class CorpusTest {
  private static final Path CORPUS = Path.of("corpus");

  /** A hang, even on a busy machine; slowness is measured in processor time. */
  private static final int HANG_SECONDS = 600;

  private static final long HEAP_BYTES = 256L << 20;

  /**
   * Some limits depend on the heap: with 1 GB, a GIF of 35 bytes with 8192 × 8192 pixels is not
   * rejected but decoded, which takes 3 s.
   */
  @BeforeAll
  static void requireHeap() {
    assertThat(Runtime.getRuntime().maxMemory())
        .as("bytes of the heap; run this test with -Xmx256m, as pom.xml does")
        .isLessThanOrEqualTo(HEAP_BYTES);
  }

  @TestFactory
  Stream<DynamicTest> corpus_read_refusedAsDocumentedOrAccepted() {
    return FuzzTargets.all().stream()
        .map(target -> DynamicTest.dynamicTest(target.name(), () -> replay(target)));
  }

  private static void replay(Target target) throws IOException {
    List<Path> inputs = inputs(target.name());
    assertThat(inputs).as("corpus of %s", target.name()).isNotEmpty();
    Trial trial = new Trial(target);
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      try {
        assertTimeoutPreemptively(ofSeconds(HANG_SECONDS), () -> trial.run(bytes));
      } catch (AssertionError e) {
        throw new AssertionError(input + ": " + e.getMessage(), e);
      }
    }
    assertThat(trial.figures().accepted()).as("inputs that %s accepts", target.name()).isPositive();
  }

  private static List<Path> inputs(String target) throws IOException {
    try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
      return files.sorted().toList();
    }
  }

  @Test
  void corpusFolders_listed_areTargets() throws IOException {
    try (Stream<Path> folders = Files.list(CORPUS).filter(Files::isDirectory)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              FuzzTargets.all().stream().map(Target::name).toList());
    }
  }

  @Test
  void trial_subclassOfDocumentedException_fails() {
    Target careless =
        new Target("x", Set.of(IllegalArgumentException.class), input -> Integer.parseInt("x"));
    assertThatThrownBy(() -> new Trial(careless).run(new byte[0]))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not documented: java.lang.NumberFormatException");
  }

  @Test
  void trial_documentedException_counts() {
    Target strict =
        new Target(
            "x",
            Set.of(IllegalArgumentException.class),
            input -> {
              throw new IllegalArgumentException("no");
            });
    Trial trial = new Trial(strict);
    trial.run(new byte[0]);
    assertThat(trial.figures().executions()).isOne();
    assertThat(trial.figures().accepted()).isZero();
  }
}
