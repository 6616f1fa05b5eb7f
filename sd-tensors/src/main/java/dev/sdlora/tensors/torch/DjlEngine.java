package dev.sdlora.tensors.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import dev.sdlora.tensors.natives.Natives;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** libtorch by DJL's PyTorch engine. */
final class DjlEngine implements TorchEngine {
  private static final String ENGINE = "PyTorch";

  @Override
  public String name() {
    return "djl";
  }

  @Override
  public boolean isPresent() {
    return Natives.isPresent();
  }

  @Override
  public List<String> devices() {
    List<String> devices = new ArrayList<>();
    for (int i = 0; i < gpus(); i++) {
      devices.add("gpu" + i);
    }
    devices.add("cpu");
    return devices;
  }

  private static int gpus() {
    if (Natives.isOnlyForProcessors()) {
      return 0;
    }
    Natives.prepare();
    return Natives.gpus().orElseGet(CudaUtils::getGpuCount);
  }

  @Override
  public String cure(String device) {
    return device.startsWith("gpu")
        ? Natives.gpuFinding()
        : device + " needs an Apple processor and the dependency dev.sdlora:sd-libtorch";
  }

  @Override
  public void start() {
    Natives.prepare();
    // In a jar that contains all dependencies, the service entry of DJL's api may have replaced
    // this one.
    Engine.registerEngine(new PtEngineProvider());
    djl();
  }

  private static Engine djl() {
    return Engine.getEngine(ENGINE);
  }

  @Override
  public String libtorch() {
    Natives.prepare();
    return Natives.libtorch();
  }

  @Override
  public NDManager open(String device) {
    Engine engine = djl();
    return engine.newBaseManager(Device.fromName(device, engine));
  }

  @Override
  public Script compile(byte[] archive) {
    // Not the manager of the first caller: others use the program after that manager is closed.
    PtNDManager manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), ENGINE);
    try {
      return new DjlScript(
          JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  @Override
  public Dictionary dictionary(Map<String, NDArray> tensors) {
    Map<String, PtNDArray> handles = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> handles.put(name, (PtNDArray) tensor));
    return new Held(IValue.stringMapFrom(handles));
  }

  /**
   * A dictionary.
   *
   * @param value DJL's handle
   */
  record Held(IValue value) implements Dictionary {
    @Override
    public void close() {
      value.close();
    }
  }

  @Override
  public void returnFreedMemory() {
    JniUtils.emptyCudaCache();
  }

  @Override
  public int threads() {
    return JniUtils.getNumThreads();
  }

  @Override
  public void setThreads(int threads) {
    JniUtils.setNumThreads(threads);
  }
}
