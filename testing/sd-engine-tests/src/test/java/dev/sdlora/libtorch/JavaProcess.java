package dev.sdlora.libtorch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts programs in processes of their own. */
final class JavaProcess {
  private JavaProcess() {}

  /**
   * Starts a program with the class path of this process; its errors go to its output.
   *
   * @param folder its working directory
   * @param options options of its JVM
   */
  static Process start(Class<?> program, Path folder, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
  }
}
