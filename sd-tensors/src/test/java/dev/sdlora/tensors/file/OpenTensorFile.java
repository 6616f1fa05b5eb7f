package dev.sdlora.tensors.file;

import java.nio.file.Path;

/** Opens a file in a separate JVM with a heap size chosen by the test, and prints its content. */
final class OpenTensorFile {
  private OpenTensorFile() {}

  public static void main(String[] args) {
    TensorFile file = TensorFile.open(Path.of(args[0]));
    System.out.println(file.tensors().size() + " tensors, " + file.metadata().size() + " pairs");
  }
}
