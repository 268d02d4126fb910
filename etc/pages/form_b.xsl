<?xml version="1.0" encoding="UTF-8"?>
<!-- NR510201B 客户问题回馈记录, the feedback record: what was done, what the department and the customer say of it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:import href="layout.xsl"/>

<xsl:template match="page" mode="body">
  <table>
    <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">收到日期</xsl:with-param><xsl:with-param name="en">Received</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="received_at" mode="time"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">办理部门</xsl:with-param><xsl:with-param name="en">Department</xsl:with-param></xsl:call-template>
      <td>
        <xsl:apply-templates select="department" mode="word"/>
        <xsl:if test="handler"><xsl:text> (</xsl:text><xsl:apply-templates select="handler" mode="person"/><xsl:text>)</xsl:text></xsl:if>
      </td>
    </tr>
    <xsl:call-template name="contact-rows"/>
    <tr>
      <xsl:call-template name="th"><xsl:with-param name="zh">问题记录编号</xsl:with-param><xsl:with-param name="en">Problem record</xsl:with-param></xsl:call-template>
      <td><xsl:value-of select="number"/></td>
      <xsl:call-template name="th"><xsl:with-param name="zh">类别、紧急</xsl:with-param><xsl:with-param name="en">Kind, urgency</xsl:with-param></xsl:call-template>
      <td><xsl:apply-templates select="class" mode="word"/><xsl:text>　</xsl:text><xsl:apply-templates select="urgency" mode="word"/></td>
    </tr>
  </table>
  <xsl:call-template name="details"/>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">处理结果</xsl:with-param><xsl:with-param name="en">Result of handling</xsl:with-param></xsl:call-template>
    <div class="box tall">
      <div class="text"><xsl:value-of select="result"/></div>
      <xsl:for-each select="signatures/item[signature/name = 'responsible' and note]">
        <div class="text"><xsl:value-of select="note"/></div>
      </xsl:for-each>
      <xsl:call-template name="signed">
        <xsl:with-param name="name">responsible</xsl:with-param>
        <xsl:with-param name="zh">责任人签名</xsl:with-param>
        <xsl:with-param name="en">Person responsible</xsl:with-param>
      </xsl:call-template>
    </div>
    <div class="box tall">
      <div class="name"><xsl:call-template name="label"><xsl:with-param name="zh">部门负责人意见</xsl:with-param><xsl:with-param name="en">Department head's opinion</xsl:with-param></xsl:call-template></div>
      <div class="text"><xsl:value-of select="signatures/item[signature/name = 'department_opinion' and done = 'true']/note"/></div>
      <xsl:call-template name="signed">
        <xsl:with-param name="name">department_opinion</xsl:with-param>
        <xsl:with-param name="zh">部门负责人签名</xsl:with-param>
        <xsl:with-param name="en">Department head</xsl:with-param>
      </xsl:call-template>
    </div>
    <table>
      <colgroup><col style="width:15%"/><col style="width:35%"/><col style="width:15%"/><col style="width:35%"/></colgroup>
      <tr>
        <xsl:call-template name="th"><xsl:with-param name="zh">预计解决时间</xsl:with-param><xsl:with-param name="en">Expected</xsl:with-param></xsl:call-template>
        <td><xsl:apply-templates select="expected_at" mode="time"/></td>
        <xsl:call-template name="th"><xsl:with-param name="zh">解决日期</xsl:with-param><xsl:with-param name="en">Solved</xsl:with-param></xsl:call-template>
        <td><xsl:apply-templates select="solved_at" mode="time"/></td>
      </tr>
    </table>
  </section>

  <section>
    <xsl:call-template name="heading"><xsl:with-param name="zh">客户反馈</xsl:with-param><xsl:with-param name="en">The customer's word</xsl:with-param></xsl:call-template>
    <xsl:for-each select="contacts/item[kind/name = 'result' and note]">
      <div class="box">
        <span class="name"><xsl:call-template name="label"><xsl:with-param name="zh">告知结果</xsl:with-param><xsl:with-param name="en">Told the result</xsl:with-param></xsl:call-template></span>
        <xsl:text> </xsl:text><xsl:apply-templates select="at" mode="time"/>
        <xsl:text>, </xsl:text><xsl:apply-templates select="channel" mode="person"/>
        <xsl:text>, </xsl:text><xsl:apply-templates select="who" mode="person"/>
        <xsl:text>: </xsl:text><xsl:value-of select="note"/>
      </div>
    </xsl:for-each>
    <xsl:call-template name="opinion"/>
    <div class="box">
      <xsl:call-template name="signature">
        <xsl:with-param name="zh">受理专员</xsl:with-param>
        <xsl:with-param name="en">Intake specialist</xsl:with-param>
        <xsl:with-param name="who" select="recorder[/page/closed_at]"/>
        <xsl:with-param name="at" select="closed_at"/>
      </xsl:call-template>
    </div>
  </section>
</xsl:template>

</xsl:stylesheet>
