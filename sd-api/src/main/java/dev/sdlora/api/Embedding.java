package dev.sdlora.api;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A textual inversion file (Gal et al. 2022): vectors that a text encoder reads where a prompt
 * names them, such as {@code EasyNegative}. Holds no open file.
 *
 * @param path the file
 * @param name its name in prompts, case-insensitive
 * @param vectors the number of tokens that it takes up in a prompt, 1 to 75
 * @param widths the length of a vector for each text encoder of the model
 */
public record Embedding(Path path, String name, int vectors, List<Integer> widths) {

  /**
   * Describes a file without reading it. {@link #open} reads the description from the file.
   *
   * @param path the file
   * @param name its name in prompts
   * @param vectors 1 to 75
   * @param widths 768 alone for SD 1.x; copied
   * @throws IllegalArgumentException if the name is blank
   */
  public Embedding {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(widths, "widths");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: '" + name + "'");
    }
    widths = List.copyOf(widths);
  }

  /**
   * Opens an embedding. Its name is that of the file without the extension; of an image, the one
   * written there.
   *
   * @param path a {@code .safetensors} file or one of PyTorch ({@code .pt}, {@code .bin}) in
   *     A1111's layout, in that of diffusers, or with {@code clip_l} and {@code clip_g} for SDXL;
   *     or an image that A1111 has written one into, as a text or in the lowest bits of its pixels
   * @return the embedding
   * @throws EmbeddingException if the file is missing or holds no embedding
   * @throws TensorFileException if the file is damaged or is not a tensor file at all
   */
  public static Embedding open(Path path) {
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Embeddings.class).open(path);
  }

  /**
   * {@return the same embedding under another name}
   *
   * @param name what prompts write for it, without regard to upper and lower case
   * @throws IllegalArgumentException if the name is blank
   */
  public Embedding withName(String name) {
    return new Embedding(path, name, vectors, widths);
  }

  /**
   * {@return the models that it was trained for, as far as the widths of its vectors tell} {@link
   * ModelFamily#UNKNOWN} if they are of no known text encoder.
   */
  public ModelFamily family() {
    if (widths.equals(List.of(768))) {
      return ModelFamily.SD1;
    }
    if (widths.equals(List.of(1024))) {
      return ModelFamily.SD2;
    }
    return widths.equals(List.of(768, 1280)) ? ModelFamily.SDXL : ModelFamily.UNKNOWN;
  }

  /**
   * {@return A1111's short hash, which images tell under {@code TI hashes}} It is the first 12
   * hexadecimal digits, in lower case, of the SHA-256 of the file. Reads all of it, once as long as
   * its size and time stamp stay the same.
   *
   * @throws EmbeddingException if the file cannot be read any more
   */
  public String hash() {
    return Services.find(Backend.Embeddings.class).hash(path);
  }
}
