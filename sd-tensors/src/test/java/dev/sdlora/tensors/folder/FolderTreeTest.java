package dev.sdlora.tensors.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.tensors.io.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders with circular links, and very deep ones. */
class FolderTreeTest {
  private static final FolderTree.Kind KIND =
      new FolderTree.Kind(
          "test", List.of(".x"), (sentence, folder) -> new StableDiffusionException(sentence));

  private static final Duration FAR_TOO_LONG = Duration.ofMinutes(10);

  @TempDir private Path temporary;

  private Path folder(String name) throws IOException {
    return Files.createDirectories(temporary.resolve(name));
  }

  private static List<Path> files(Path root) {
    return new FolderTree(root, KIND).findFiles().files();
  }

  @Test
  void look_linksInACircle_visitsEachFolderOnce() throws IOException {
    Path root = folder("root");
    Path inner = folder("root/a/b");
    Path file = Files.createFile(inner.resolve("1.x"));
    Files.createSymbolicLink(inner.resolve("up"), root);
    Files.createSymbolicLink(inner.resolve("self"), inner);
    assertThat(files(root)).containsExactly(file);
  }

  @Test
  void look_foldersThatAllLeadToEachOther_visitsEachOnce() throws IOException {
    Path root = folder("root");
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Path folder = folder("root/" + i);
      files.add(Files.createFile(folder.resolve("1.x")));
      for (int j = 0; j < 12; j++) {
        Files.createSymbolicLink(folder.resolve("to" + j), root.resolve(Integer.toString(j)));
      }
    }
    assertTimeoutPreemptively(
        FAR_TOO_LONG, () -> assertThat(files(root)).containsExactlyElementsOf(files));
  }

  @Test
  void look_foldersOutsideThatLeadToEachOther_visitsEachOnce() throws IOException {
    Path root = folder("root");
    for (int i = 0; i < 12; i++) {
      Path folder = folder("out/" + i);
      Files.createFile(folder.resolve(i + ".x"));
      for (int j = 0; j < 12; j++) {
        Files.createSymbolicLink(folder.resolve("to" + j), temporary.resolve("out/" + j));
      }
    }
    Files.createSymbolicLink(root.resolve("link"), temporary.resolve("out/3"));
    assertTimeoutPreemptively(FAR_TOO_LONG, () -> assertThat(files(root)).hasSize(12));
  }

  @Test
  void look_linkToAnotherFolder_isFollowedUnderItsOwnName() throws IOException {
    Path root = folder("root");
    Files.createFile(folder("elsewhere").resolve("1.x"));
    Files.createSymbolicLink(root.resolve("b"), temporary.resolve("elsewhere"));
    Files.createSymbolicLink(root.resolve("c"), temporary.resolve("elsewhere"));
    Path a = Files.createFile(folder("root/a").resolve("0.x"));
    Path z = Files.createFile(folder("root/z").resolve("2.x"));
    assertThat(files(root)).containsExactly(a, root.resolve("b/1.x"), z);
  }

  @Test
  void look_linkToTheFolderAbove_findsWhatIsThere() throws IOException {
    Path root = folder("above/root");
    Path file = Files.createFile(root.resolve("1.x"));
    Files.createFile(folder("above/beside").resolve("2.x"));
    Files.createSymbolicLink(root.resolve("up"), temporary.resolve("above"));
    assertThat(files(root)).containsExactly(file, root.resolve("up/beside/2.x"));
  }

  @Test
  void look_severalRootsThatMeet_visitsEachFolderOnce() throws IOException {
    Path outer = folder("outer");
    Path file = Files.createFile(folder("outer/inner").resolve("1.x"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), outer);
    List<FolderTree> trees = new ArrayList<>();
    for (Path root : List.of(outer, link, outer.resolve("inner"), outer)) {
      trees.add(new FolderTree(root, KIND));
    }
    assertThat(FolderTree.findFiles(trees).files()).containsExactly(file);
    assertThat(FolderTree.findFiles(trees).files()).containsExactly(file);
  }

  @Test
  void look_veryDeepFolders_findsTheLastFile() throws IOException {
    Path deep = folder("root");
    int levels = (3900 - deep.toString().length()) / 2;
    Path last = Files.createDirectories(deep.resolve("d/".repeat(levels)));
    Path file = Files.createFile(last.resolve("1.x"));
    try {
      assertTimeoutPreemptively(FAR_TOO_LONG, () -> assertThat(files(deep)).containsExactly(file));
    } finally {
      // The test folder is deleted recursively, which is too deep for some stacks.
      Files.delete(file);
      for (int i = levels; i > 0; i--) {
        Files.delete(deep.resolve("d/".repeat(i)));
      }
    }
  }

  @Test
  void look_requestCancelled_ends() throws IOException {
    Path root = folder("root/a");
    assertThatThrownBy(() -> CurrentWork.until(() -> true, () -> files(root)))
        .isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void attempt_error_isAReasonOfTheFile() {
    assertThat(reason(new OutOfMemoryError("Java heap space"))).contains("not enough memory");
    assertThat(reason(new StackOverflowError())).contains("nested too deeply");
    assertThat(reason(new NoClassDefFoundError("some"))).contains("some");
    assertThat(reason(new ArithmeticException("some"))).contains("some");
    assertThat(reason(new StableDiffusionException("some"))).isEqualTo("some");
  }

  private static String reason(Throwable thrown) {
    return FolderReading.attempt(
        () -> {
          if (thrown instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) thrown;
        },
        FolderReading.Problem::reason);
  }

  @Test
  void attempt_cancelled_isNoReasonOfTheFile() {
    assertThatThrownBy(
            () ->
                FolderReading.attempt(
                    () -> {
                      Cancellation.check();
                      throw new GenerationCancelledException("cancelled");
                    },
                    FolderReading.Problem::reason))
        .isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void read_requestCancelledUnderWay_readsNoFurtherFiles() {
    AtomicInteger read = new AtomicInteger();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      files.add(Path.of(Integer.toString(i)));
    }
    assertThatThrownBy(
            () ->
                CurrentWork.until(
                    () -> read.get() > 10,
                    () -> FolderReading.read(files, path -> read.incrementAndGet())))
        .isInstanceOf(GenerationCancelledException.class);
    assertThat(read).hasValueLessThan(5000);
  }
}
