package dev.sdlora.tensors.natives;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.util.Platform;
import java.io.IOException;
import java.io.InputStream;
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
import org.junit.jupiter.api.Assumptions;
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

  /** A wheel's folder, with spaces in its path, without any libtorch on the class path. */
  @Test
  void start_namedFolder_loadsFromThereAlone() throws Exception {
    Path lib = Files.createDirectories(cache.resolve("a wheel/torch/lib"));
    for (String name : list(libraries())) {
      if (!name.contains("djl")) {
        Files.createLink(lib.resolve(name), libraries().resolve(name));
      }
    }
    Files.writeString(lib.resolve("libdnnl.a"), "no library that can be loaded");
    Files.writeString(lib.resolve("libtorch_python.so"), "needs Python");
    Files.writeString(lib.resolveSibling("version.py"), "__version__ = '2.7.1+cpu'\n");
    Path relative = folder.toRealPath().relativize(cache.toRealPath().resolve("a wheel"));
    Map<String, String> properties =
        Map.of(
            "sdlora.natives", relative.toString(),
            "ENGINE_CACHE_DIR", folder.resolve("unpacked").toString(),
            "without", "pytorch-native");
    for (int start = 0; start < 2; start++) {
      String output = run(0, properties);
      assertThat(output)
          .contains("libtorch 2.7.1+cpu (cpu) in ", "offline true", "product 8.0")
          .contains("loaded " + lib.toRealPath().resolve("libtorch_cpu.so"))
          .contains("loaded " + lib.toRealPath().resolve("libgomp"))
          .contains("0.36.0-libdjl_torch.so")
          .doesNotContain("loaded " + libraries());
    }
    assertThat(list(folder.resolve("unpacked/pytorch"))).hasSize(2).contains("lock");

    Files.delete(lib.resolve("libgomp-98b21ff3.so.1"));
    assertThat(run(1, properties))
        .contains("cannot be started on device 'cpu': ", "libgomp-98b21ff3.so.1: cannot open");
  }

  @Test
  void start_namedFolderWithout_isOneSentence() throws Exception {
    assertThat(run(1, Map.of("sdlora.natives", folder.toString())))
        .contains(
            "libtorch cannot be loaded from SDLORA_NATIVES="
                + folder
                + ": it is empty; expected is libtorch.so in it, in its lib or in its torch/lib"
                + " (needed is libtorch 2.7.1 for ");
    assertThat(
            run(
                1,
                Map.of("sdlora.natives", libraries().toString(), "PYTORCH_LIBRARY_PATH", "/opt")))
        .contains("PYTORCH_LIBRARY_PATH=/opt is set too; only one of them can choose libtorch");
  }

  /** DJL's bridge for CUDA loads next to libraries that have the names it needs. */
  @Test
  void start_namedFolderWithCuda_loadsItsBridgeAndAsksTheDriver() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")));
    Path lib = Files.createDirectories(cache.resolve("cuda/torch/lib"));
    for (String name : list(libraries())) {
      if (!name.contains("djl")) {
        Files.createLink(lib.resolve(name), libraries().resolve(name));
      }
    }
    Files.writeString(lib.resolveSibling("version.py"), "__version__ = '2.7.1+cu128'\n");
    Path bridge = folder.resolve("bridge.so");
    try (InputStream in =
        Bridge.find(Platform.fromSystem("pytorch"), "cu128").orElseThrow().openStream()) {
      Files.copy(in, bridge);
    }
    StringBuilder runtime = new StringBuilder();
    StringBuilder core = new StringBuilder();
    int number = 0;
    try (ElfFile file = ElfFile.open(bridge)) {
      for (String symbol : file.undefined()) {
        if (symbol.startsWith("cuda")) {
          runtime.append("int ").append(symbol).append("(void) { return 0; }\n");
        } else if (symbol.contains("3c104cuda")) {
          String name = "f" + number++;
          core.append(
              "void *%s(void) __asm__(\"%s\"); void *%s(void) { return 0; }\n"
                  .formatted(name, symbol, name));
        }
      }
    }
    compile(lib.resolve("libcudart.so.12"), runtime.toString());
    compile(lib.resolve("libc10_cuda.so"), core.toString(), "libcudart.so.12");
    Map<String, String> properties =
        Map.of(
            "sdlora.natives", lib.toString(),
            "ENGINE_CACHE_DIR", folder.resolve("unpacked").toString());
    assertThat(run(1, properties))
        .contains("it is incomplete: there is no " + lib.resolve("libtorch_cuda.so"));

    compile(lib.resolve("libtorch_cuda.so"), "", "libc10_cuda.so", "libcudart.so.12");
    assertThat(run(0, properties))
        .contains("libtorch 2.7.1+cu128 (cu128) in " + lib, "product 8.0")
        .contains("2.7.1-0-cu128-linux-x86_64/0.36.0-libdjl_torch.so");
    assertThat(run(1, properties, "gpu"))
        .contains("there is no GPU 7: libtorch 2.7.1+cu128 (cu128) in ")
        .contains("NVIDIA's driver (libcuda.so.1) is not installed");
    String driver =
        """
        int cuInit(unsigned flags) { return 0; }
        int cuDeviceGetCount(int *count) { *count = 2; return 0; }
        int cuDriverGetVersion(int *version) { *version = %s; return 0; }
        """;
    compile(folder.resolve("libcuda.so.1"), driver.formatted(12040));
    assertThat(run(1, properties, "gpu"))
        .contains("finds 2 NVIDIA GPUs; NVIDIA's driver is for CUDA 12.4");
    compile(folder.resolve("libcuda.so.1"), driver.formatted(11040));
    assertThat(run(1, properties, "gpu"))
        .contains("finds 0 NVIDIA GPUs; NVIDIA's driver is for CUDA 11.4")
        .contains("but libtorch needs 12.0 or later");

    compile(lib.resolve("libc10_cuda.so"), "", "libcudart.so.12");
    assertThat(run(1, properties))
        .contains("does not fit DJL's bridge 2.7.1-0.36.0 for cu128: it lacks _ZN3c104cuda");
  }

  private void compile(Path library, String source, String... needed) throws Exception {
    Path file = Files.writeString(folder.resolve("source.c"), source);
    List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-o"));
    command.addAll(List.of(library.toString(), "-Wl,-soname," + library.getFileName()));
    command.addAll(List.of(file.toString(), "-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN"));
    for (String name : needed) {
      command.add(library.resolveSibling(name).toString());
    }
    Process compiler = new ProcessBuilder(command).inheritIO().start();
    assertThat(compiler.waitFor()).isZero();
  }

  private String run(int exitCode, Map<String, String> properties, String... args)
      throws Exception {
    Probe.Outcome outcome = Probe.outcome(Probe.start(folder, properties, args));
    assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(exitCode);
    return outcome.output();
  }
}
