package dev.sdlora.pipeline;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.image.spi.ImageBackend;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.infotext.Infotext;
import dev.sdlora.pipeline.image.ImageFiles;
import dev.sdlora.pipeline.image.PngFiles;
import dev.sdlora.pipeline.preprocess.ControlImages;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.raster.Resampling;
import dev.sdlora.pipeline.upscale.TiledUpscaler;
import dev.sdlora.tensors.torch.Torch;
import java.io.InputStream;
import java.nio.file.Path;

/** Reads, enlarges and preprocesses images. Created by {@link java.util.ServiceLoader}. */
public final class LocalImages implements Backend.Images, ImageBackend {

  @Override
  public PromptSpec parseParameters(String text) {
    return Infotext.parse(text);
  }

  @Override
  public String readInfotext(Path image) {
    return ImageFiles.readInfotext(image);
  }

  @Override
  public String readInfotext(InputStream image) {
    return ImageFiles.readInfotext(image);
  }

  @Override
  public byte[] encodeJpeg(GeneratedImage image, int quality) {
    return ImageFiles.encodeJpeg(image, quality);
  }

  @Override
  public byte[] encode(GeneratedImage image, String format) {
    return ImageFiles.encode(image, format);
  }

  @Override
  public void save(GeneratedImage image, Path file) {
    ImageFiles.save(image, file);
  }

  @Override
  public void savePng(Image image, Path file) {
    PngFiles.save(image.toBufferedImage(), file);
  }

  @Override
  public Image preprocess(Preprocessor preprocessor, Image image) {
    return ControlImages.make(preprocessor, Raster.of(image)).toImage();
  }

  @Override
  public Image resize(Image image, int width, int height) {
    return Resampling.LANCZOS.resize(Raster.of(image), width, height).toImage();
  }

  @Override
  public UpscalerNetwork openUpscaler(Path file) {
    return TiledUpscaler.open(file, Torch.open("cpu"));
  }
}
