package dev.sdlora.tensors.io;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;

/** Decompresses zlib and gzip data (RFC 1950 to 1952) up to a size limit. Stateless. */
public final class Inflated {
  private static final int BUFFER = 8192;

  private Inflated() {}

  /**
   * Decompresses a zlib stream.
   *
   * @param data bytes that contain the stream, at most up to their end
   * @param from the offset of the stream
   * @param most the maximum decompressed size in bytes
   * @throws DataFormatException if the stream is damaged, truncated or too large; the message is
   *     zlib's, or a clause that begins with "it"
   */
  public static byte[] zlib(byte[] data, int from, int most) throws DataFormatException {
    byte[] unpacked = inflate(new Inflater(), data, from, most + 1);
    if (unpacked.length > most) {
      throw new DataFormatException("it unpacks to more than " + most + " bytes");
    }
    return unpacked;
  }

  /**
   * Decompresses a gzip stream (RFC 1952).
   *
   * @param data bytes that contain the stream, at most up to their end
   * @param from the offset of the stream
   * @param most the maximum decompressed size in bytes
   * @throws DataFormatException if the stream is damaged, truncated or too large
   */
  public static byte[] gzip(byte[] data, int from, int most) throws DataFormatException {
    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(data, from, data.length - from))) {
      byte[] unpacked = in.readNBytes(most + 1);
      if (unpacked.length > most) {
        throw new DataFormatException("it unpacks to more than " + most + " bytes");
      }
      return unpacked;
    } catch (IOException e) {
      DataFormatException damaged = new DataFormatException("it is not a complete gzip stream");
      damaged.initCause(e);
      throw damaged;
    }
  }

  /**
   * Decompresses a stream without zlib's header and checksum, as in zip archives.
   *
   * @param size the number of bytes wanted
   * @return the bytes, fewer if the stream ends earlier
   * @throws DataFormatException if the stream is damaged or truncated
   */
  public static byte[] raw(byte[] data, int size) throws DataFormatException {
    return inflate(new Inflater(true), data, 0, size);
  }

  private static byte[] inflate(Inflater inflater, byte[] data, int from, int enough)
      throws DataFormatException {
    try {
      inflater.setInput(data, from, data.length - from);
      ByteArrayOutputStream unpacked = new ByteArrayOutputStream();
      byte[] buffer = new byte[BUFFER];
      while (!inflater.finished() && unpacked.size() < enough) {
        int room = Math.min(BUFFER, enough - unpacked.size());
        int count = inflater.inflate(buffer, 0, room);
        if (count == 0 && !inflater.finished()) {
          throw new DataFormatException("its compressed data ends early");
        }
        unpacked.write(buffer, 0, count);
      }
      return unpacked.toByteArray();
    } finally {
      inflater.end();
    }
  }
}
