package dev.sdlora.demo.emoji;

import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The tokens that rows of a kept text encoder stand for. When captions have other words since, its
 * rows are put where their tokens are now; tokens that are new begin as unknown ones.
 */
record KeptTokens(Training training, Vocabulary vocabulary) {
  private static final String TABLE = "text_model.embeddings.token_embedding.weight";

  private Path file() {
    return training.kept().resolve("tokens.txt");
  }

  /** Writes the tokens beside the kept weights. */
  void keep() throws IOException {
    Files.write(file(), vocabulary.tokens().stream().map(String::valueOf).toList());
  }

  /** The kept file itself, or a copy in the working folder whose rows are those of today. */
  Path fitted(Path kept) {
    try {
      List<Integer> tokens = Files.readAllLines(file()).stream().map(Integer::valueOf).toList();
      if (tokens.equals(vocabulary.tokens())) {
        return kept;
      }
      Path fitted = training.folder().resolve("text-fitted.safetensors");
      write(kept, fitted, tokens);
      return fitted;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Path kept, Path fitted, List<Integer> tokens) {
    TensorFile file = TensorFile.open(kept);
    SafetensorsWriter writer = new SafetensorsWriter();
    file.metadata().forEach(writer::metadata);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry tensor : file.tensors().values()) {
        float[] values = reader.floats(tensor);
        if (tensor.name().equals(TABLE)) {
          float[] rows = vocabulary.rowsOf(values, tokens);
          List<Long> shape = List.of((long) vocabulary.size(), tensor.shape().get(1));
          writer.tensor(TABLE, shape, rows, DType.F16);
        } else {
          writer.tensor(tensor.name(), tensor.shape(), values, DType.F16);
        }
      }
    }
    writer.write(fitted);
  }
}
