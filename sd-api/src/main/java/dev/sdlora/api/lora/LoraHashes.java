package dev.sdlora.api.lora;

/**
 * The hashes by which model sites and A1111 know a LoRA file.
 *
 * @param sha256 the SHA-256 of the whole file, 64 hexadecimal digits in lower case
 * @param autoV3 12 hexadecimal digits that stay the same when the metadata is edited: the first of
 *     {@code sshs_model_hash} in the metadata if it is there, else of the SHA-256 of the data
 *     behind the header. A1111 writes this one into images ({@code Lora hashes})
 */
public record LoraHashes(String sha256, String autoV3) {

  /** {@return the first 10 digits of {@link #sha256()}} */
  public String autoV2() {
    return sha256.substring(0, 10);
  }
}
