package dev.sdlora.tensors.natives;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Folders that hold libtorch, or something else; none of their code runs here. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
final class NamedLibtorchTest {
  private static final Platform PLATFORM = Platform.detectPlatform("pytorch");
  private static final Bridge BRIDGE = Bridge.onClassPath();
  private static final List<String> NAMES = List.of("libc10.so", "libtorch_cpu.so", "libtorch.so");

  @TempDir Path root;

  private Path lib;

  /** Lays out a wheel, with a small library as libtorch_cpu.so, which has half a gigabyte. */
  @BeforeEach
  void layOut() throws IOException {
    lib = Files.createDirectories(root.resolve("a wheel/torch/lib"));
    for (String name : NAMES) {
      String source = name.equals("libtorch_cpu.so") ? "libc10.so" : name;
      copy("pytorch/" + PLATFORM.getFlavor() + '/' + PLATFORM.getClassifier() + '/' + source, name);
    }
    version("2.7.1+cpu");
  }

  private void copy(String resource, String name) throws IOException {
    try (InputStream in = NamedLibtorchTest.class.getClassLoader().getResourceAsStream(resource)) {
      assertThat(in).as(resource).isNotNull();
      Files.copy(in, lib.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void version(String version) throws IOException {
    Files.writeString(
        lib.resolveSibling("version.py"),
        "from typing import Optional\n\n__version__ = '" + version + "'\ndebug = False\n");
  }

  private static NamedLibtorch find(Path folder) {
    return NamedLibtorch.find(folder, BRIDGE, PLATFORM);
  }

  private void assertRefused(Path folder, String... clauses) {
    assertThatThrownBy(() -> find(folder))
        .isInstanceOf(WrongLibtorchException.class)
        .hasMessageContainingAll(clauses)
        .hasMessageNotContaining("\n");
  }

  @Test
  void find_wheelOrItsParents_isTheFolderWithTheLibraries() {
    for (Path folder : List.of(lib, lib.resolve(".."), root.resolve("a wheel"))) {
      NamedLibtorch found = find(folder);
      assertThat(found.libtorch().folder().normalize()).isEqualTo(lib);
      assertThat(found.flavor()).isEqualTo("cpu");
      assertThat(found.description())
          .isEqualTo("2.7.1+cpu (cpu) in %s, named by SDLORA_NATIVES", found.libtorch().folder());
    }
  }

  @Test
  void find_unpackedZip_hasTheVersionOfItsFile() throws IOException {
    Files.delete(lib.resolveSibling("version.py"));
    Files.writeString(lib.resolveSibling("build-version"), "2.7.1+cpu\n");
    Files.writeString(lib.resolve("libdnnl.a"), "a static library, which nothing loads");
    Files.move(root.resolve("a wheel/torch"), root.resolve("libtorch"));
    assertThat(find(root).libtorch().version()).contains("2.7.1+cpu");
    assertThat(find(root.resolve("libtorch")).libtorch().flavor()).isEqualTo("cpu");
  }

  @Test
  void find_otherVersion_isRefusedByName() throws IOException {
    for (String version : List.of("2.7.0+cpu", "2.6.0", "2.8.0a0+git1234", "12.7.1")) {
      version(version);
      assertRefused(lib, "it has version " + version);
    }
  }

  @Test
  void find_noVersionFile_looksIntoTheLibrary() throws IOException {
    Files.delete(lib.resolveSibling("version.py"));
    assertRefused(lib, "it has another version, which no build-version or version.py");
    try (RandomAccessFile library =
        new RandomAccessFile(lib.resolve("libtorch_cpu.so").toFile(), "rw")) {
      // Across the border of two chunks.
      library.seek((1 << 20) - 3);
      library.write("\0002.7.1\0".getBytes(US_ASCII));
    }
    assertThat(find(lib).libtorch().version()).isEmpty();
    assertThat(find(lib).description()).startsWith("2.7.1 (cpu) in ");
  }

  @Test
  void find_nothingOrHalf_saysWhatIsMissing() throws IOException {
    Path empty = Files.createDirectory(root.resolve("empty"));
    assertRefused(empty, "it is empty; expected is libtorch.so in it, in its lib");
    assertRefused(root.resolve("nowhere"), "there is no such folder");
    assertRefused(lib.resolve("libtorch.so"), "it is a file");
    Files.writeString(empty.resolve("model.bin"), "");
    assertRefused(empty, "libtorch is not among its 1 files");
    for (String name : NAMES) {
      Files.move(lib.resolve(name), root.resolve(name));
      assertRefused(lib, "it is incomplete: there is no " + lib.resolve(name));
      Files.move(root.resolve(name), lib.resolve(name));
    }
    try (RandomAccessFile library = new RandomAccessFile(lib.resolve("libc10.so").toFile(), "rw")) {
      library.setLength(library.length() / 2);
      assertRefused(lib, "libc10.so has " + library.length() + " bytes, but its header says ");
      library.setLength(100);
      assertRefused(lib, "libc10.so has 100 bytes, but its header says ");
      library.setLength(0);
      assertRefused(lib, "libc10.so is not a shared library of 64-bit Linux");
    }
    Files.writeString(lib.resolve("libc10.so"), "x".repeat(1000));
    assertRefused(lib, "libc10.so is not a shared library of 64-bit Linux");
  }

  @Test
  void find_otherProcessor_isRefused() throws IOException {
    copy("jnilib/linux-aarch64/cpu/libdjl_torch.so", "libtorch.so");
    assertRefused(lib, "libtorch.so is for aarch64, but this machine is x86_64");
  }

  @Test
  void find_cuda_needsAllItsLibraries() throws IOException {
    version("2.7.1+cu126");
    assertRefused(lib, "it states version 2.7.1+cu126 but has no libtorch_cuda.so");
    Files.copy(lib.resolve("libtorch.so"), lib.resolve("libtorch_cuda.so"));
    assertRefused(lib, "it is incomplete", "libc10_cuda.so");
    Files.copy(lib.resolve("libtorch.so"), lib.resolve("libc10_cuda.so"));
    NamedLibtorch found = find(lib);
    assertThat(found.flavor()).isEqualTo("cu128");
    assertThat(found.libtorch().flavor()).isEqualTo("cu126");
    assertThat(found.libtorch().names()).hasSize(5);
  }

  @Test
  void find_rocm_isRefused() throws IOException {
    Files.createFile(lib.resolve("libtorch_hip.so"));
    assertRefused(lib, "libtorch for AMD's ROCm");
  }

  @Test
  void find_filesThatOthersCanWrite_areRefused() throws IOException {
    Path open = Files.createFile(lib.resolve("libanything.so"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertRefused(lib, "others can write to " + open);
  }

  @Test
  void requireSymbols_librariesWithoutThem_namesOne() throws IOException {
    copy("jnilib/linux-x86_64/cpu/libdjl_torch.so", "libdjl_torch.so");
    assertThatThrownBy(() -> find(lib).requireSymbols(lib.resolve("libdjl_torch.so")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("does not fit DJL's bridge 2.7.1-0.36.0 for cpu: it lacks _Z");
  }

  @Test
  void defines_symbolsOfALibrary_asTheLoaderFindsThem() throws IOException {
    try (ElfFile core = ElfFile.open(lib.resolve("libc10.so"))) {
      assertThat(core.processor()).isEqualTo("x86_64");
      assertThat(core.isCutOff()).isFalse();
      assertThat(core.expectedBytes()).isEqualTo(Files.size(lib.resolve("libc10.so")));
      assertThat(core.defines("_ZTVN3c105ErrorE")).isTrue();
      assertThat(core.defines("_ZTVN3c105ErrorF")).isFalse();
      assertThat(core.defines("malloc")).isFalse();
      assertThat(core.undefined()).contains("malloc").doesNotContain("_ZTVN3c105ErrorE");
    }
  }
}
