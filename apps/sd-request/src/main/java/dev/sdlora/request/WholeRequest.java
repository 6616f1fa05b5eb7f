package dev.sdlora.request;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A request from which the same images can be drawn elsewhere and later.
 *
 * @param fields the request in {@link SpecJson}, in which images stand as {@code stored:SHA256}
 * @param images the files of the images, by their SHA-256 in 64 hexadecimal digits
 */
public record WholeRequest(ObjectNode fields, Map<String, byte[]> images) {
  /** The kind of the references. */
  public static final String STORED = "stored";
}
