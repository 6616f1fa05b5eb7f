package dev.sdlora.pipeline.image;

import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.image.ImageSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;

/**
 * Finds texts in a PNG by iterating over its chunks; pixels are never decoded. Lengths in the file
 * are checked against its size before anything is read or allocated. Checksums are not verified.
 */
final class PngReader {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** The bytes of a chunk in addition to its data: length, type and checksum. */
  private static final int CHUNK_OVERHEAD = 12;

  /** The longest keyword that PNG allows. */
  private static final int MAX_KEYWORD = 79;

  /** Maximum number of other keywords listed in an error. */
  private static final int MAX_LISTED = 8;

  private static final Pattern CHUNK_TYPE = Pattern.compile("[A-Za-z]{4}");

  private final ImageSource source;
  private final Set<String> otherKeywords = new LinkedHashSet<>();

  /** The texts read so far, by keyword; their total length is limited like that of one text. */
  private final Map<String, Optional<String>> texts = new HashMap<>();

  PngReader(ImageSource source) {
    this.source = source;
  }

  /** Width and height in pixels, if they are a valid request size. */
  Optional<ImageSize> size() {
    try {
      return Optional.of(ImageSize.parse(sides()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Width and height in pixels, as in the file's header. */
  String sides() {
    return source.reading(
        bytes -> {
          ByteBuffer sides = bytes.read(SIGNATURE.length + 8, 8);
          return sides.getInt() + "x" + sides.getInt();
        });
  }

  /**
   * Returns the first text with a keyword, if there is one.
   *
   * @throws ImageFileException if the file cannot be read up to there, or if this text and those
   *     read before are too long in total
   */
  Optional<String> text(String keyword) {
    Optional<String> known = texts.get(keyword);
    if (known != null) {
      return known;
    }
    Optional<String> text = source.reading(bytes -> text(bytes, keyword));
    texts.put(keyword, text);
    requireShortTexts();
    return text;
  }

  private void requireShortTexts() {
    int characters =
        texts.values().stream().flatMap(Optional::stream).mapToInt(String::length).sum();
    if (characters > TextChunk.MAX_BYTES) {
      texts.clear();
      throw source.error(
          "has texts of %s characters in total; the maximum is %s"
              .formatted(characters, TextChunk.MAX_BYTES));
    }
  }

  private Optional<String> text(ImageSource.Bytes bytes, String keyword) throws IOException {
    long size = bytes.size();
    requirePng(bytes.read(0, SIGNATURE.length));
    long at = SIGNATURE.length;
    for (int chunks = 1; ; chunks++) {
      ImageErrors.requireFewParts(source, chunks);
      if (size - at < CHUNK_OVERHEAD) {
        throw damaged("it ends at byte " + size + " without an end mark; the copy is incomplete");
      }
      ByteBuffer header = bytes.read(at, 8);
      long length = Integer.toUnsignedLong(header.getInt());
      String type = StandardCharsets.ISO_8859_1.decode(header).toString();
      requirePlausible(type, length, at, size);
      if (type.equals("IEND")) {
        return Optional.empty();
      }
      if (TextChunk.isTextType(type)) {
        try {
          TextChunk chunk = new TextChunk(type, bytes.copy(at + 8, (int) length));
          if (chunk.keyword().equals(keyword)) {
            return Optional.of(chunk.text());
          }
          if (otherKeywords.size() < MAX_LISTED && chunk.keyword().length() <= MAX_KEYWORD) {
            otherKeywords.add(chunk.keyword());
          }
        } catch (DataFormatException e) {
          throw damaged("its text at byte " + at + " cannot be read: " + e.getMessage(), e);
        }
      }
      at += CHUNK_OVERHEAD + length;
    }
  }

  private void requirePng(ByteBuffer start) {
    if (!start.equals(ByteBuffer.wrap(SIGNATURE))) {
      throw damaged("it does not start with the PNG signature");
    }
  }

  private void requirePlausible(String type, long length, long at, long size) {
    if (!CHUNK_TYPE.matcher(type).matches() || at == SIGNATURE.length != type.equals("IHDR")) {
      throw damaged("the bytes at " + at + " are not a valid chunk header");
    }
    if (length > size - at - CHUNK_OVERHEAD) {
      throw damaged(
          "its chunk %s at byte %s claims %s bytes, but the file has only %s; the copy is incomplete"
              .formatted(type, at, length, size));
    }
    if (TextChunk.isTextType(type) && length > TextChunk.MAX_BYTES) {
      throw source.error(
          "has a text of %s bytes at byte %s; the maximum is %s"
              .formatted(length, at, TextChunk.MAX_BYTES));
    }
  }

  /** Returns the keywords of other texts found so far. */
  Set<String> otherKeywords() {
    return Collections.unmodifiableSet(otherKeywords);
  }

  /** Creates the error that this text is missing; lists the other keywords found. */
  ImageFileException noText(String keyword) {
    String found =
        otherKeywords.isEmpty() ? "" : " (only: " + String.join(", ", otherKeywords) + ")";
    return ImageErrors.noText(source, "text '" + keyword + "'" + found);
  }

  private ImageFileException damaged(String trouble) {
    return source.error("is damaged: " + trouble);
  }

  private ImageFileException damaged(String trouble, DataFormatException cause) {
    return ImageErrors.error(source, "is damaged: " + trouble, cause);
  }
}
