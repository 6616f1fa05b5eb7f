package dev.sdlora.tensors.natives;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.util.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder from which processes with this library load native code. */
@Tag("slow")
final class NativesTest {
  private static final Platform PLATFORM = Platform.detectPlatform("pytorch");
  private static final String NAME =
      PLATFORM.getVersion() + '-' + PLATFORM.getFlavor() + '-' + PLATFORM.getClassifier();

  @TempDir static Path cache;

  @TempDir Path folder;

  /** Four processes start at once and find an empty folder. */
  @BeforeAll
  static void start() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(Probe.start(cache, Map.of("ENGINE_CACHE_DIR", cache.toString())));
    }
    for (Process process : processes) {
      Probe.Outcome outcome = Probe.outcome(process);
      assertThat(outcome.exitCode()).as(outcome.output()).isZero();
      assertThat(outcome.output()).contains("loaded " + libraries().resolve("libtorch_cpu.so"));
    }
    assertIntact();
  }

  private static Path libraries() {
    return cache.resolve("pytorch").resolve(NAME);
  }

  private static void assertIntact() throws IOException {
    List<String> names = new ArrayList<>();
    for (Library library : Library.of(PLATFORM)) {
      assertThat(library.isIn(libraries().resolve(library.fileName())))
          .as(library.fileName())
          .isTrue();
      names.add(library.fileName());
    }
    assertThat(list(libraries())).containsExactlyInAnyOrderElementsOf(names);
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  @Test
  void start_unsaid_staysOfflineAndLetsThreadsSleep() throws Exception {
    String output = run(0, Map.of("ENGINE_CACHE_DIR", cache.toString()));
    assertThat(output).contains("policy passive", "offline true");
    output = run(0, Map.of("ENGINE_CACHE_DIR", cache.toString(), "ai.djl.offline", "false"));
    assertThat(output).contains("offline false");
  }

  @Test
  void start_damagedAndStrangeFiles_areReplacedAndDeleted() throws Exception {
    Path damaged = libraries().resolve("libtorch_cpu.so");
    try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), channel.size() / 2);
    }
    Files.writeString(libraries().resolve("libplanted.so"), "DJL would load it");
    Files.createDirectory(libraries().resolve("more"));
    Files.writeString(libraries().resolve("more/libplanted.so.1"), "this too");
    Files.writeString(libraries().resolve("libc10.so.part"), "of a killed start");
    run(0, Map.of("ENGINE_CACHE_DIR", cache.toString()));
    assertIntact();
  }

  @Test
  void start_noHomeAndPlantedInSharedFolder_loadsFromNewFolderAndDeletesIt() throws Exception {
    Path planted = folder.resolve(".djl.ai/pytorch").resolve(NAME);
    Files.createDirectories(planted);
    Files.writeString(planted.resolve("libtorch.so"), "no library");
    Files.writeString(planted.resolve("libplanted.so"), "no library");
    Path left = Files.createDirectory(folder.resolve("sdlora-natives-left"));
    Files.createFile(left.resolve("lock"));
    String output =
        run(
            0,
            Map.of(
                "user.home", folder.resolve("nowhere").toString(),
                "java.io.tmpdir", folder.toString()));
    assertThat(output).contains("loaded " + folder.resolve("sdlora-natives-").toString());
    assertThat(output).doesNotContain(".djl.ai");
    assertThat(list(folder)).containsExactly(".djl.ai");
  }

  @Test
  void start_folderOthersCanWrite_isRefusedByName() throws Exception {
    for (String inside : List.of("", "pytorch", "pytorch/" + NAME)) {
      Path open = Files.createDirectories(folder.resolve("natives").resolve(inside));
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      String output = run(1, Map.of("ENGINE_CACHE_DIR", folder.resolve("natives").toString()));
      assertThat(output).contains("others can write to " + open);
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void end_whileNativeCallsAreUnderWay_isNoCrash() throws Exception {
    for (String how : List.of("exit", "halt")) {
      String output = run(3, Map.of("ENGINE_CACHE_DIR", cache.toString()), how);
      assertThat(output).doesNotContain("fatal error");
      assertThat(list(folder)).isEmpty();
    }
  }

  /** Without {@code Cuda}, fails on systems with a CUDA runtime but no driver. */
  @Test
  void start_libtorchForProcessors_doesNotAskCuda() throws Exception {
    String output = run(0, Map.of("ENGINE_CACHE_DIR", cache.toString()));
    assertThat(output).contains("loaded ").doesNotContain("CUDA", "libcudart");
  }

  @Test
  void exit_handlersRegisteredAfterLoading_doNotRun() throws Exception {
    String output = run(3, Map.of("ENGINE_CACHE_DIR", cache.toString()), "handler");
    assertThat(output).doesNotContain("fatal error");
    assertThat(list(folder)).isEmpty();
  }

  @Test
  void end_whileLibrariesAreLoaded_isNoCrash() throws Exception {
    String output = run(3, Map.of("ENGINE_CACHE_DIR", cache.toString()), "loading");
    assertThat(output).doesNotContain("fatal error");
    assertThat(list(folder)).isEmpty();
  }

  private String run(int exitCode, Map<String, String> properties, String... args)
      throws Exception {
    Probe.Outcome outcome = Probe.outcome(Probe.start(folder, properties, args));
    assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(exitCode);
    return outcome.output();
  }
}
