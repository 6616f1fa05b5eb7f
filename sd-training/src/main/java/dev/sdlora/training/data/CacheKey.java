package dev.sdlora.training.data;

import dev.sdlora.api.value.Sha256;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.weights.Origin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The name of a cache entry: a hash of everything that its content is computed from. Parts are
 * hashed one after another, so that text cannot move from one part to the next. Immutable.
 *
 * @param kind a word for the content, such as {@code image}
 * @param sha256 the hash of all parts, 64 hex digits
 */
public record CacheKey(String kind, String sha256) {
  /** Begins a key. */
  public static CacheKey of(String kind) {
    return new CacheKey(kind, "").with(kind);
  }

  /** Returns a key that also depends on a text. */
  public CacheKey with(String text) {
    return with(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a key that also depends on numbers. */
  public CacheKey with(float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
    bytes.asFloatBuffer().put(numbers);
    return with(bytes.array());
  }

  /**
   * Returns a key that also depends on a network: on its dimensions and the hashes of the whole
   * files with its weights, so that it changes when any of these files does.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public CacheKey with(ModelFiles.Part<?> network) {
    return with(String.valueOf(network.config())).with(network.weights());
  }

  /**
   * Returns a key that also depends on weights: on the hashes of their whole files and their places
   * there.
   *
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public CacheKey with(Map<String, Origin> weights) {
    Map<TensorFile, String> files = new HashMap<>();
    Map<String, String> places = new TreeMap<>();
    weights.forEach(
        (name, origin) ->
            places.put(
                name,
                origin.entry()
                    + " "
                    + origin.shape()
                    + files.computeIfAbsent(origin.file(), CacheKey::hashes)));
    return with(places.toString());
  }

  private static String hashes(TensorFile file) {
    return file.parts().stream().map(HashIndex.ofProcess()::sha256).toList().toString();
  }

  private CacheKey with(byte[] part) {
    MessageDigest digest = Sha256.digest();
    digest.update(sha256.getBytes(StandardCharsets.UTF_8));
    digest.update(part);
    return new CacheKey(kind, HexFormat.of().formatHex(digest.digest()));
  }

  /** The name of the entry, with characters that are safe in file names. */
  public String name() {
    return kind + "-" + sha256;
  }
}
