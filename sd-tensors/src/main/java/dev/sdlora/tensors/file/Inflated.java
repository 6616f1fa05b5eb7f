package dev.sdlora.tensors.file;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;

/**
 * Unpacks what zlib and gzip packed (RFC 1950 to 1952), never to more than is allowed. Stateless.
 */
public final class Inflated {
  private static final int BUFFER = 8192;

  private Inflated() {}

  /**
   * Unpacks a zlib stream.
   *
   * @param data bytes that hold it, up to their end at most
   * @param from where it begins
   * @param most how many bytes it may have unpacked
   * @throws DataFormatException if it is damaged, ends early or is larger; the message is a clause
   *     that begins with "it" or is zlib's
   */
  public static byte[] zlib(byte[] data, int from, int most) throws DataFormatException {
    byte[] unpacked = inflate(new Inflater(), data, from, most + 1);
    if (unpacked.length > most) {
      throw new DataFormatException("unpacked it has more than " + most + " bytes");
    }
    return unpacked;
  }

  /**
   * Unpacks a gzip stream (RFC 1952).
   *
   * @param data bytes that hold it, up to their end at most
   * @param from where it begins
   * @param most how many bytes it may have unpacked
   * @throws DataFormatException if it is damaged, ends early or is larger
   */
  public static byte[] gzip(byte[] data, int from, int most) throws DataFormatException {
    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(data, from, data.length - from))) {
      byte[] unpacked = in.readNBytes(most + 1);
      if (unpacked.length > most) {
        throw new DataFormatException("unpacked it has more than " + most + " bytes");
      }
      return unpacked;
    } catch (IOException e) {
      DataFormatException damaged = new DataFormatException("it is no whole gzip stream");
      damaged.initCause(e);
      throw damaged;
    }
  }

  /**
   * Unpacks a stream without zlib's head and checksum, as in zip archives.
   *
   * @param size how many bytes are wanted
   * @return fewer if the stream ends before
   * @throws DataFormatException if it is damaged or cut off
   */
  static byte[] raw(byte[] data, int size) throws DataFormatException {
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
          throw new DataFormatException("its compressed data end early");
        }
        unpacked.write(buffer, 0, count);
      }
      return unpacked.toByteArray();
    } finally {
      inflater.end();
    }
  }
}
