// The points themselves: plotly's WebGL traces, their view, and where each point is on the screen.
const PAN = 0.12; // of the view, for one step
const TURN = Math.PI / 18;
const EYE = { x: 1.25, y: 1.25, z: 1.25 };
const CLEAR = "rgba(0,0,0,0)";
const LINES = "rgb(138,143,147)";
const GRID = "rgba(138,143,147,0.3)";

function plotlyFrom(url) {
  window.vitrinePlotly ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: url });
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.vitrinePlotly = undefined;
      script.remove();
      reject(new Error("plotly"));
    };
    document.head.append(script);
  });
  return window.vitrinePlotly;
}

function hasWebGL() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

function timesVector(matrix, vector) {
  return [0, 1, 2, 3].map((row) => vector.reduce((sum, value, column) => sum + matrix[4 * column + row] * value, 0));
}

class Cloud {
  constructor(plot) {
    this.plot = plot;
  }

  // x, y and z of all points, and the plot around them.
  async draw(plotly, points, { dimensions, count }, shades) {
    Object.assign(this, { plotly, dimensions, count });
    this.axes = [0, 1, 2].slice(0, dimensions).map((axis) => {
      return Float32Array.from({ length: count }, (_, i) => points[i * dimensions + axis]);
    });
    const [x, y, z] = this.axes;
    const size = count > 10000 ? 3 : count > 2000 ? 4.5 : 7;
    const trace = { type: "scattergl", mode: "markers", x, y, hoverinfo: "none", marker: { size, ...shades } };
    trace.marker.line = { width: 0 };
    if (dimensions === 3) Object.assign(trace, { type: "scatter3d", z, marker: { ...trace.marker, size: size / 2 } });
    const setup = { displayModeBar: false, scrollZoom: true, doubleClick: "reset" };
    await plotly.newPlot(this.plot, [trace], dimensions === 3 ? this.room() : this.plane(), setup);
    this.plot.removeAllListeners();
  }

  plane() {
    const axis = { visible: false, showgrid: false, zeroline: false };
    return { ...this.bare(), dragmode: "pan", xaxis: axis, yaxis: { ...axis, scaleanchor: "x" } };
  }

  room() {
    const axis = { title: { text: "" }, showticklabels: false, showbackground: false, color: LINES, gridcolor: GRID };
    const [xaxis, yaxis, zaxis] = [0, 1, 2].map(() => ({ ...axis, zerolinecolor: GRID, showspikes: false }));
    return { ...this.bare(), scene: { xaxis, yaxis, zaxis, aspectmode: "data", dragmode: "orbit", camera: { eye: EYE } } };
  }

  bare() {
    const margin = { l: 0, r: 0, t: 0, b: 0 };
    return { margin, hovermode: "closest", showlegend: false, paper_bgcolor: CLEAR, plot_bgcolor: CLEAR, autosize: true };
  }

  paint({ color, colorscale, cmax }) {
    const change = { "marker.color": [color], "marker.colorscale": [colorscale], "marker.cmax": cmax };
    return this.plotly.restyle(this.plot, change, [0]);
  }

  // Where the points are, in pixels of the stage.
  places() {
    return this.dimensions === 3 ? this.placesInRoom() : this.placesInPlane();
  }

  placesInPlane() {
    const [x, y] = [this.plot._fullLayout.xaxis, this.plot._fullLayout.yaxis].map((axis, at) => {
      const [low, high] = axis.range;
      const scale = axis._length / (high - low);
      const values = this.axes[at];
      if (at) return values.map((value) => axis._offset + axis._length - (value - low) * scale);
      return values.map((value) => axis._offset + (value - low) * scale);
    });
    return { x, y };
  }

  placesInRoom() {
    const { glplot, dataScale } = this.plot._fullLayout.scene._scene;
    const { projection, view, model } = glplot.cameraParams;
    const { clientWidth: width, clientHeight: height } = this.plot;
    const found = { x: new Float32Array(this.count), y: new Float32Array(this.count) };
    for (let i = 0; i < this.count; i++) {
      let place = [...this.axes.map((axis, at) => axis[i] * dataScale[at]), 1];
      for (const matrix of [model, view, projection]) place = timesVector(matrix, place);
      const before = place[3] > 0;
      found.x[i] = before ? (0.5 + place[0] / place[3] / 2) * width : NaN;
      found.y[i] = before ? (0.5 - place[1] / place[3] / 2) * height : NaN;
    }
    return found;
  }

  zoom(factor) {
    if (this.dimensions === 3) return this.look((eye) => ({ x: eye.x / factor, y: eye.y / factor, z: eye.z / factor }));
    return this.turnTo(([low, high]) => {
      const [middle, half] = [(low + high) / 2, (high - low) / 2 / factor];
      return [middle - half, middle + half];
    });
  }

  // One step to the right and up, or around.
  move([right, up]) {
    if (this.dimensions === 3) {
      const [cos, sin] = [Math.cos(right * TURN), Math.sin(right * TURN)];
      return this.look(({ x, y, z }) => ({ x: x * cos - y * sin, y: x * sin + y * cos, z: z + up * PAN }));
    }
    return this.turnTo(([low, high], at) => {
      const step = (at ? up : right) * PAN * (high - low);
      return [low + step, high + step];
    });
  }

  all() {
    if (this.dimensions === 3) return this.look(() => EYE);
    return this.plotly.relayout(this.plot, { "xaxis.autorange": true, "yaxis.autorange": true });
  }

  look(change) {
    return this.plotly.relayout(this.plot, { "scene.camera.eye": change(this.plot._fullLayout.scene.camera.eye) });
  }

  turnTo(change) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return this.plotly.relayout(this.plot, { "xaxis.range": change(xaxis.range, 0), "yaxis.range": change(yaxis.range, 1) });
  }

  fit() {
    if (this.count !== undefined && this.plot.clientWidth) this.plotly.Plots.resize(this.plot);
  }

  end() {
    if (this.count !== undefined) this.plotly.purge(this.plot);
  }
}
