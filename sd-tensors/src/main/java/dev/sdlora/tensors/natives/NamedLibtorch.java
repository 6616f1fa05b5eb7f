package dev.sdlora.tensors.natives;

import ai.djl.util.Platform;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * libtorch in a folder that the user has named, checked before any of it runs.
 *
 * @param libtorch the folder
 * @param bridge DJL's bridge to it
 * @param flavor the flavour of the bridge, {@code cpu} or {@code cu128}
 */
record NamedLibtorch(LibtorchFolder libtorch, Bridge bridge, String flavor) {
  private static final String VARIABLE = "SDLORA_NATIVES";
  private static final String PROPERTY = "sdlora.natives";
  private static final List<String> OTHERS =
      List.of("PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION", "PYTORCH_FLAVOR");

  /** Symbols of libtorch, by the start of their mangled names; others are those of C and C++. */
  private static final Pattern TORCH =
      Pattern.compile("_Z(?:T[VIS])?N?K?(?:2at|3c10|5torch|6caffe2).*");

  private static final String NEW_STRINGS = "__cxx11";

  /** Whether {@code SDLORA_NATIVES} is set. */
  static boolean isNamed() {
    return EnvironmentSettings.value(VARIABLE, PROPERTY).isPresent();
  }

  /**
   * Returns libtorch in the folder that {@code SDLORA_NATIVES} names, if it is set.
   *
   * @throws IllegalStateException if the folder has none, or one that does not fit this program,
   *     this processor or DJL's bridge, or if other users could change it
   */
  static Optional<NamedLibtorch> find() {
    Optional<String> name = EnvironmentSettings.value(VARIABLE, PROPERTY);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    // GPUs are those of NvidiaDriver.
    Cuda.ignore();
    Bridge bridge = Bridge.onClassPath();
    Platform platform = Platform.fromSystem("pytorch");
    try {
      return Optional.of(find(Path.of(name.get()).toAbsolutePath(), bridge, platform));
    } catch (WrongLibtorchException | InvalidPathException e) {
      throw new IllegalStateException(
          "libtorch cannot be loaded from %s=%s: %s (needed is libtorch %s for %s, as in torch/lib of"
                  .formatted(
                      VARIABLE,
                      name.get(),
                      e.getMessage(),
                      bridge.libtorch(),
                      platform.getClassifier())
              + " a wheel of torch==%s or in PyTorch's zip; ENGINE_CACHE_DIR names the folder for"
                  .formatted(bridge.libtorch())
              + " libraries that are unpacked from jars)",
          e);
    }
  }

  static NamedLibtorch find(Path named, Bridge bridge, Platform platform) {
    if (!platform.getOsPrefix().equals("linux")) {
      throw new WrongLibtorchException("that works on Linux only");
    }
    for (String other : OTHERS) {
      EnvironmentSettings.value(other, other)
          .ifPresent(
              value -> {
                throw new WrongLibtorchException(
                    other + "=" + value + " is set too; only one of them can choose libtorch");
              });
    }
    LibtorchFolder libtorch = LibtorchFolder.in(named);
    String flavor = libtorch.cuda() ? "cu128" : "cpu";
    if (Bridge.find(platform, flavor).isEmpty()) {
      throw new WrongLibtorchException(
          "it has libtorch for CUDA, but DJL's bridge exists for %s on %s only"
              .formatted(String.join(", ", Bridge.flavors(platform)), platform.getClassifier()));
    }
    NamedLibtorch found = new NamedLibtorch(libtorch, bridge, flavor);
    found.requireClosed();
    found.requireVersion();
    found.requireWhole(platform.getOsArch());
    return found;
  }

  private void requireClosed() {
    Consumer<Path> check =
        path ->
            Ownership.complaint(path)
                .ifPresent(
                    complaint -> {
                      throw new WrongLibtorchException(
                          complaint + " and could run code in this process");
                    });
    check.accept(libtorch.folder());
    try (Stream<Path> files = Files.list(libtorch.folder())) {
      files.filter(Files::isRegularFile).forEach(check);
    } catch (IOException e) {
      throw new WrongLibtorchException(libtorch.folder() + " cannot be read", e);
    }
  }

  private void requireVersion() {
    Optional<String> number = libtorch.number();
    if (number.isPresent()
        ? !number.get().equals(bridge.libtorch())
        : !containsVersion(libtorch.folder().resolve(LibtorchFolder.PROCESSOR))) {
      throw new WrongLibtorchException(
          number
              .map(found -> "it has version " + libtorch.version().orElse(found))
              .orElse(
                  "it has another version, which no build-version or version.py next to it names"));
    }
  }

  /** Looks for the version that libtorch writes into ONNX files, when no file states it. */
  private boolean containsVersion(Path library) {
    byte[] wanted = ('\0' + bridge.libtorch() + '\0').getBytes(StandardCharsets.US_ASCII);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(library), 1 << 20)) {
      byte[] chunk = new byte[1 << 20];
      int kept = 0;
      int read;
      while ((read = in.read(chunk, kept, chunk.length - kept)) >= 0) {
        int length = kept + read;
        if (contains(chunk, length, wanted)) {
          return true;
        }
        kept = Math.min(length, wanted.length);
        System.arraycopy(chunk, length - kept, chunk, 0, kept);
      }
      return false;
    } catch (IOException e) {
      throw new WrongLibtorchException(library + " cannot be read", e);
    }
  }

  private static boolean contains(byte[] text, int length, byte[] wanted) {
    for (int i = 0; i <= length - wanted.length; i++) {
      int same = 0;
      while (same < wanted.length && text[i + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return true;
      }
    }
    return false;
  }

  private void requireWhole(String processor) {
    for (String name : libtorch.names()) {
      Path path = libtorch.folder().resolve(name);
      try (ElfFile file = ElfFile.open(path)) {
        if (!file.processor().equals(processor)) {
          throw new WrongLibtorchException(
              "%s is for %s, but this machine is %s".formatted(name, file.processor(), processor));
        }
        if (file.isCutOff()) {
          throw new WrongLibtorchException(
              "%s has %s bytes, but its header says %s; it was not copied completely"
                  .formatted(name, Files.size(path), file.expectedBytes()));
        }
      } catch (ElfFile.NotElfException e) {
        throw new WrongLibtorchException(name + " is " + e.getMessage());
      } catch (IOException e) {
        throw new WrongLibtorchException(path + " cannot be read", e);
      }
    }
  }

  /**
   * Makes DJL load this libtorch, through links in a folder of this process: DJL loads every file
   * that it finds, and PyTorch's folders contain more than shared libraries. What the libraries
   * themselves need is found as for PyTorch, next to them.
   *
   * @param cache the folder for unpacked libraries, to which the bridge goes
   * @throws IllegalStateException if the bridge cannot be unpacked or does not fit
   */
  void choose(Path cache) {
    Platform platform = Platform.fromSystem("pytorch");
    URL source = Bridge.find(platform, flavor).orElseThrow();
    // A version of its own, because DJL itself may keep a libtorch that it has downloaded there.
    String version = bridge.libtorch() + "-0";
    Path folder =
        cache.resolve("pytorch").resolve(version + '-' + flavor + '-' + platform.getClassifier());
    String fileName = platform.getApiVersion() + '-' + Bridge.fileName();
    try {
      new LibraryFolder(folder, List.of(Library.read(fileName, source))).bringUpToDate();
      requireSymbols(folder.resolve(fileName));
      System.setProperty("PYTORCH_LIBRARY_PATH", link().toString());
    } catch (IOException e) {
      throw new IllegalStateException(
          "libtorch cannot be prepared for " + libtorch.folder() + ": " + e, e);
    }
    System.setProperty("PYTORCH_VERSION", version);
    System.setProperty("PYTORCH_FLAVOR", flavor);
  }

  /** Compares what DJL's bridge needs with what the libraries define. */
  void requireSymbols(Path bridgeFile) throws IOException {
    List<ElfFile> libraries = new ArrayList<>();
    try (ElfFile needing = ElfFile.open(bridgeFile)) {
      for (String name : libtorch.names()) {
        libraries.add(ElfFile.open(libtorch.folder().resolve(name)));
      }
      for (String symbol : needing.undefined()) {
        if (TORCH.matcher(symbol).matches() && !defined(symbol, libraries)) {
          throw new IllegalStateException(
              "libtorch in %s does not fit DJL's bridge %s-%s for %s: it lacks %s%s"
                  .formatted(
                      libtorch.folder(),
                      bridge.libtorch(),
                      bridge.djl(),
                      flavor,
                      symbol,
                      symbol.contains(NEW_STRINGS)
                          ? "; it was probably compiled with the old C++ ABI (pre-cxx11)"
                          : ""));
        }
      }
    } finally {
      for (ElfFile library : libraries) {
        library.close();
      }
    }
  }

  private static boolean defined(String symbol, List<ElfFile> libraries) throws IOException {
    for (ElfFile library : libraries) {
      if (library.defines(symbol)) {
        return true;
      }
    }
    return false;
  }

  private Path link() throws IOException {
    Path links = Files.createDirectories(PrivateFolder.get().resolve("libtorch"));
    for (String name : libtorch.names()) {
      Path link = links.resolve(name);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, libtorch.folder().resolve(name).toRealPath());
    }
    return links;
  }

  /** Describes version, flavour and place, such as {@code 2.7.1+cpu (cpu) in /opt/torch/lib}. */
  String description() {
    return "%s (%s) in %s, named by %s"
        .formatted(
            libtorch.version().orElse(bridge.libtorch()),
            libtorch.flavor(),
            libtorch.folder(),
            VARIABLE);
  }
}
