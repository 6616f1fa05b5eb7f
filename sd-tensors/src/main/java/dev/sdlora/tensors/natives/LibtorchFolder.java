package dev.sdlora.tensors.natives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with libtorch as PyTorch ships it: {@code torch/lib} of a wheel, or {@code lib} of the
 * zip file.
 *
 * @param folder the folder with the libraries
 * @param version the version as a file next to it states, such as {@code 2.7.1+cu128}; empty if
 *     there is no such file
 * @param cuda whether there are libraries for CUDA
 */
record LibtorchFolder(Path folder, Optional<String> version, boolean cuda) {
  static final String LIBTORCH = "libtorch.so";
  static final String CORE = "libc10.so";
  static final String PROCESSOR = "libtorch_cpu.so";
  static final String CUDA = "libtorch_cuda.so";
  static final String CUDA_CORE = "libc10_cuda.so";
  private static final String AMD = "libtorch_hip.so";

  private static final List<String> INSIDE = List.of("", "lib", "torch/lib", "libtorch/lib");
  private static final Pattern NUMBER = Pattern.compile("(\\d+\\.\\d+\\.\\d+)\\S*");
  private static final Pattern ASSIGNED = Pattern.compile("(?m)^__version__\\s*=\\s*'([^']+)'");
  private static final int LONGEST = 1 << 16;

  /**
   * Finds libtorch in a folder, in its {@code lib}, its {@code torch/lib} or its {@code
   * libtorch/lib}.
   *
   * @throws WrongLibtorchException if it is not there or incomplete
   */
  static LibtorchFolder in(Path named) {
    if (!Files.exists(named)) {
      throw new WrongLibtorchException("there is no such folder");
    }
    if (!Files.isDirectory(named)) {
      throw new WrongLibtorchException(
          "it is a file; expected is the folder in which it lies, or where a zip or wheel has been"
              + " unpacked");
    }
    for (String inside : INSIDE) {
      Path folder = named.resolve(inside);
      if (Stream.of(LIBTORCH, CORE, PROCESSOR)
          .anyMatch(name -> Files.exists(folder.resolve(name)))) {
        return of(folder);
      }
    }
    throw new WrongLibtorchException(
        contents(named) + "; expected is " + LIBTORCH + " in it, in its lib or in its torch/lib");
  }

  private static LibtorchFolder of(Path folder) {
    if (Files.exists(folder.resolve(AMD))) {
      throw new WrongLibtorchException("it has " + AMD + ", libtorch for AMD's ROCm");
    }
    boolean cuda = Files.exists(folder.resolve(CUDA)) || Files.exists(folder.resolve(CUDA_CORE));
    Optional<String> version = version(folder);
    if (!cuda && version.isPresent() && version.get().contains("+cu")) {
      throw new WrongLibtorchException(
          "it is incomplete: it states version " + version.get() + " but has no " + CUDA);
    }
    LibtorchFolder found = new LibtorchFolder(folder, version, cuda);
    for (String name : found.names()) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw new WrongLibtorchException("it is incomplete: there is no " + folder.resolve(name));
      }
    }
    return found;
  }

  /** Returns the names of the libraries that DJL loads itself. */
  List<String> names() {
    return cuda
        ? List.of(CORE, PROCESSOR, CUDA_CORE, CUDA, LIBTORCH)
        : List.of(CORE, PROCESSOR, LIBTORCH);
  }

  /** Returns the version without a suffix for the flavour, such as {@code 2.7.1}. */
  Optional<String> number() {
    return version.map(NUMBER::matcher).filter(Matcher::matches).map(match -> match.group(1));
  }

  /** Returns the flavour as in PyTorch's names, such as {@code cu126}; {@code cpu} without CUDA. */
  String flavor() {
    return version
        .filter(text -> cuda && text.contains("+cu"))
        .map(text -> text.substring(text.indexOf('+') + 1))
        .orElse(cuda ? "CUDA" : "cpu");
  }

  /** Returns the first number of CUDA's version; 12, for which DJL's bridge is, if not stated. */
  int cudaMajor() {
    String flavor = flavor();
    return flavor.matches("cu\\d{3}") ? Integer.parseInt(flavor.substring(2, 4)) : 12;
  }

  /** Reads {@code build-version} of a zip or {@code version.py} of a wheel. */
  private static Optional<String> version(Path folder) {
    Path above = folder.toAbsolutePath().normalize().getParent();
    if (above == null) {
      return Optional.empty();
    }
    return read(above.resolve("build-version"))
        .map(String::strip)
        .or(
            () ->
                read(above.resolve("version.py"))
                    .map(ASSIGNED::matcher)
                    .filter(Matcher::find)
                    .map(match -> match.group(1)))
        .filter(text -> NUMBER.matcher(text).matches());
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LONGEST
          ? Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1))
          : Optional.empty();
    } catch (IOException e) {
      throw new WrongLibtorchException(file + " cannot be read", e);
    }
  }

  private static String contents(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      long count = files.count();
      return count == 0 ? "it is empty" : "libtorch is not among its " + count + " files";
    } catch (IOException e) {
      throw new WrongLibtorchException("it cannot be read", e);
    }
  }
}
