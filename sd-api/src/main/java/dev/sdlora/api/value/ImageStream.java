package dev.sdlora.api.value;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The bytes of an image file for its decoder. Decoding ends when nobody waits for the image any
 * more, see {@link CurrentWork}, and a JPEG that would take too long is refused.
 */
public final class ImageStream extends MemoryCacheImageInputStream {
  /** A few scans of a JPEG, each of which can take as long as the whole image. */
  private static final int SCANS_BLOCK = 64;

  /** Bytes that a decoder gets without a check; 0 until it is known. */
  private final int block;

  /**
   * Reads from a plain stream.
   *
   * @param stream at the start of the file; stays the caller's to close
   * @throws IOException if the file is a JPEG of too many scans, or cannot be read
   */
  public ImageStream(InputStream stream) throws IOException {
    super(stream);
    // Only the decoder of JPEGs is known to do with fewer bytes than it asks for.
    this.block = JpegScans.requireFew(this) ? SCANS_BLOCK : Integer.MAX_VALUE;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (CurrentWork.isCancelled()) {
      throw new InterruptedIOException("nobody waits for the image any more");
    }
    return super.read(bytes, offset, block == 0 ? length : Math.min(length, block));
  }
}
