package dev.sdlora.api;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A textual inversion embedding (Gal et al. 2022): vectors that the text encoder uses in place of a
 * name in the prompt, such as {@code EasyNegative}. Immutable; it holds no open file.
 *
 * @param path the file
 * @param name its name in prompts, case-insensitive
 * @param vectors the number of tokens that it occupies in a prompt, 1 to 75
 * @param widths the length of a vector for each text encoder of the model
 */
public record Embedding(Path path, String name, int vectors, List<Integer> widths) {

  /**
   * Describes a file without reading it. {@link #open} reads the description from the file.
   *
   * @param path the file
   * @param name its name in prompts
   * @param vectors the number of vectors, 1 to 75
   * @param widths the length of a vector for each text encoder, such as 768 for SD 1.x; copied
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
   * Opens an embedding. Its name is the file name without the extension, or, for an image, the name
   * stored in it.
   *
   * @param path a {@code .safetensors} or PyTorch file ({@code .pt}, {@code .bin}) in the layout of
   *     A1111 or diffusers, or with {@code clip_l} and {@code clip_g} for SDXL; or an image in
   *     which A1111 stored an embedding, as a text or in the lowest bits of its pixels
   * @return the embedding
   * @throws EmbeddingException if the file is missing or contains no embedding
   * @throws TensorFileException if the file is damaged or is not a tensor file
   */
  public static Embedding open(Path path) {
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Embeddings.class).open(path);
  }

  /**
   * {@return the same embedding under another name}
   *
   * @param name its name in prompts, case-insensitive
   * @throws IllegalArgumentException if the name is blank
   */
  public Embedding withName(String name) {
    return new Embedding(path, name, vectors, widths);
  }

  /**
   * {@return the family of the models that it was trained for, derived from the widths of its
   * vectors} {@link ModelFamily#UNKNOWN} if no known text encoder has these widths.
   */
  public ModelFamily family() {
    return ModelFamily.supported().stream()
        .filter(family -> !widths.isEmpty() && family.embeddingWidths().equals(widths))
        .findFirst()
        .orElse(ModelFamily.UNKNOWN);
  }

  /**
   * {@return A1111's short hash, which image metadata contains under {@code TI hashes}} It consists
   * of the first 12 hexadecimal digits, in lower case, of the file's SHA-256. The whole file is
   * read, and read again only if its size or timestamp changes.
   *
   * @throws EmbeddingException if the file can no longer be read
   */
  public String hash() {
    return Services.find(Backend.Embeddings.class).hash(path);
  }
}
